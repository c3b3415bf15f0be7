import { errorMessage } from '../base/errors.ts';
import { masked } from '../base/secret.ts';
import type { Message } from '../probes/live/options.ts';
import type { NewEvent } from './protocol.ts';
import type { LiveSide } from './side.ts';

export type RateOptions = {
  readonly publisher: Pick<LiveSide, 'publish'>;
  add(event: NewEvent): void;
};

/** Publishes once, or again and again with a number after the text, until `stop`. */
export function openRate({ publisher, add }: RateOptions) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    add({ is: 'rate', perSecond: 0 });
  };
  return {
    stop,
    publish(message: Message, perSecond: number | undefined) {
      if (perSecond === undefined) return publisher.publish(message);
      stop();
      let count = 0;
      const next = () =>
        publisher.publish({ ...message, payload: Buffer.concat([message.payload, Buffer.from(` ${++count}`)]) });
      next();
      add({ is: 'rate', perSecond });
      timer = setInterval(() => {
        try {
          next();
        } catch (error) {
          stop();
          add({ is: 'trouble', text: masked(errorMessage(error)) });
        }
      }, 1000 / perSecond);
    },
  };
}

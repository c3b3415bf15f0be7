import { isUtf8 } from 'node:buffer';
import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import { openClient } from '../probes/client.ts';
import { deferred } from '../provisioning/deferred.ts';
import { may } from '../provisioning/lab-file/may.ts';
import { printable } from '../report/paint.ts';
import type { LabCommand } from './lab.ts';
import { clientWish, type MqttOptions, mqttCommand, tellEvents } from './mqtt-options.ts';

type Options = MqttOptions & { count?: number };

/** `./lab subscribe`: the checkpoint's subscriber. */
export function subscribe(): LabCommand {
  const command = mqttCommand(
    'subscribe',
    'Subscribe as a user of the lab file and print each message on a line, until Ctrl-C.',
  )
    .argument('<topic...>', 'topics or filters to subscribe to')
    .option('--count <messages>', 'end after this many messages', atLeastOne);
  return {
    command,
    async run(context) {
      const topics = command.args;
      const [first = ''] = topics;
      const options = command.opts<Options>();
      const live = await context.live();
      const wish = clientWish(live, 'subscribe', first, options);
      for (const topic of topics.filter((name) => !may(live.lab, wish.user, 'subscribe', name))) {
        console.error(
          `the lab file does not let ${wish.user} subscribe to ${topic}: Mosquitto grants it all the same, and delivers nothing`,
        );
      }
      const done = deferred<void>();
      context.signal.addEventListener('abort', () => done.resolve(), { once: true });
      let count = 0;
      const onMessage = (topic: string, payload: Buffer) => {
        // a queue that a persistent session had may bring more than was asked for
        if (options.count !== undefined && count >= options.count) return;
        count += 1;
        show(topics.length > 1 || first !== topic ? `${topic} ` : '', payload);
        if (count === options.count) done.resolve();
      };
      await using client = await openClient(wish, { ...tellEvents(options), onMessage }, context.signal);
      await client.subscribe(topics, options.qos);
      await Promise.race([done.promise, client.failed]);
      return 0;
    },
  };
}

/** As it is where it goes to a file or a pipe; on a terminal nothing that would control it. */
function show(prefix: string, payload: Buffer): void {
  if (!process.stdout.isTTY) {
    process.stdout.write(Buffer.concat([Buffer.from(prefix), payload, Buffer.from('\n')]));
    return;
  }
  const text = isUtf8(payload) ? payload.toString() : `0x${payload.toString('hex')}`;
  process.stdout.write(`${printable(`${prefix}${text}`)}\n`);
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('a whole number from 1 on is allowed');
}

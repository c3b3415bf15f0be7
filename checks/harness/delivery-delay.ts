import { now } from '../../probes/mqtt/packet.ts';

/**
 * How long the broker takes to pass messages on, measured by those that an observer was sure to get. Its subscribers wait for each other on a busy
 * machine, so what one check has measured is true of all of them.
 */
export type DeliveryDelay = {
  /** Times a message from its publication to its arrival. */
  timed<T>(message: () => Promise<T>): Promise<T>;
  /** Of the messages that were under way since a moment of `now()`, the longest that one took from then on, in milliseconds. */
  slowestSince(moment: number): number;
};

export function measureDeliveryDelay(): DeliveryDelay {
  const ways: { readonly from: number; readonly to: number }[] = [];
  return {
    async timed(message) {
      const from = now();
      const came = await message();
      ways.push({ from, to: now() });
      return came;
    },
    slowestSince: (moment) => Math.round(Math.max(0, ...ways.map(({ from, to }) => to - Math.max(from, moment)))),
  };
}

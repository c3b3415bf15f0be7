import { now } from '../../probes/mqtt/packet.ts';

/**
 * How long the broker takes to deliver messages, measured with sentinels. On a busy machine all subscribers wait
 * equally long, so one check's measurement holds for the others.
 */
export type DeliveryDelay = {
  /** Times a message from its publication to its arrival. */
  timed<T>(delivery: () => Promise<T>): Promise<T>;
  /** The longest delivery in milliseconds; the time before a moment of `now()` does not count. */
  slowestSince(moment: number): number;
};

export function measureDeliveryDelay(): DeliveryDelay {
  const deliveries: { readonly from: number; readonly to: number }[] = [];
  return {
    async timed(delivery) {
      const from = now();
      const result = await delivery();
      deliveries.push({ from, to: now() });
      return result;
    },
    slowestSince: (moment) => Math.round(Math.max(0, ...deliveries.map(({ from, to }) => to - Math.max(from, moment)))),
  };
}

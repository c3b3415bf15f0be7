import { now } from '../../../probes/packet.ts';

/** A message that an observer was sure to get: when it was published, and how long it took to be there, in milliseconds. */
export type PassedOn = { readonly at: number; readonly tookMs: number };

/**
 * How long the broker took to pass messages on. Its subscribers wait for each other on a busy machine, so what one check has measured is true of
 * all of them.
 */
export function openPassingOn() {
  const seen: PassedOn[] = [];
  return {
    /** Times a message from its publication to its arrival. */
    async timed<T>(message: () => Promise<T>): Promise<T> {
      const at = now();
      const came = await message();
      seen.push({ at, tookMs: Math.round(now() - at) });
      return came;
    },
    /** The slowest of those that were under way at some time since a moment of `now()`, in milliseconds. */
    slowestSince(moment: number): number {
      return Math.max(0, ...seen.filter(({ at, tookMs }) => at + tookMs >= moment).map(({ tookMs }) => tookMs));
    },
  };
}

/** Of the broker that this process checks. */
export const passingOn = openPassingOn();

import { now } from '../../../probes/packet.ts';

const EVERY_MS = 50;

type Sample = { readonly at: number; readonly lateMs: number };

/** How late this process gets to its work; every time that it takes may be too late by as much. */
export type Lag = {
  /** The longest delay since `at` (milliseconds since 1970), in whole milliseconds. */
  since(at: number): number;
};

let shared: Lag | undefined;

/** Of this process; it is watched from the first call on. A machine with more to do than it has cores for must not be the finding. */
export function processLag(): Lag {
  shared ??= watchLag();
  return shared;
}

function watchLag(): Lag {
  const samples: Sample[] = [];
  let due = now() + EVERY_MS;
  setInterval(() => {
    const at = now();
    // most are on time, and say nothing
    if (at - due > EVERY_MS) samples.push({ at, lateMs: at - due });
    due = at + EVERY_MS;
  }, EVERY_MS).unref();
  return {
    since: (from) =>
      Math.round(Math.max(0, now() - due, ...samples.filter(({ at }) => at >= from).map(({ lateMs }) => lateMs))),
  };
}

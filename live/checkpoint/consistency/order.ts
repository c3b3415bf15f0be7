import type { LiveEvent } from '../../protocol.ts';
import type { OpenRule } from './rule.ts';

/** How far the time of a client on another host may be off, in milliseconds. */
const CLOCK_MS = 2_000;

/**
 * Numbers increase by one, times do not go back. What this machine stamps has one clock; packets and TCP events have their
 * host's, and come in order for each side. What follows from an event has its time.
 */
export const orderRule: OpenRule = () => {
  let last: LiveEvent | undefined;
  let cause: LiveEvent | undefined;
  let here = Number.NEGATIVE_INFINITY;
  const there = new Map<string, number>();
  return (event) => {
    const found: string[] = [];
    const expected = (last?.seq ?? 0) + 1;
    if (event.seq !== expected) found.push(`its number should be ${expected}`);
    last = event;
    if (FOLLOWING.has(event.is)) {
      if (event.at === cause?.at) return found;
    } else cause = event;
    const isOfHost = event.is === 'packet' || (event.is === 'tcp' && HOST_EVENTS.has(event.what));
    if (!isOfHost) {
      // the moment of a cut is measured on its host
      if (event.is === 'tcp') return found;
      if (event.at < here) found.push(`its time is ${text(here - event.at)} before that of an earlier event`);
      here = Math.max(here, event.at);
      if ([...there.values()].some((at) => at - event.at > CLOCK_MS))
        found.push('its time is before that of an earlier packet');
      return found;
    }
    const before = there.get(event.side) ?? event.at;
    if (before - event.at > CLOCK_MS)
      found.push(`its time is ${text(before - event.at)} before that of an earlier event of the ${event.side}`);
    there.set(event.side, Math.max(before, event.at));
    return found;
  };
};

/** Words may also follow from time that passed; they have a time of this machine then. */
const FOLLOWING = new Set<LiveEvent['is']>(['latency', 'words', 'proved']);
const HOST_EVENTS = new Set(['SYN', 'open', 'FIN', 'RST']);

function text(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

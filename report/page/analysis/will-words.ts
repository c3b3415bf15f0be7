import { listed } from '../format.ts';
import type { Cause, WillRow } from './will-rows.ts';

/** Short names of the causes, for the diagrams. */
const NAMES: Readonly<Record<Cause, string>> = {
  clean: 'DISCONNECT',
  'disconnect-with-will': 'DISCONNECT 0x04',
  fin: 'FIN, no DISCONNECT',
  rst: 'RST',
  killed: 'process killed',
  'protocol-error': 'malformed packet',
  'second-connect': 'second CONNECT',
  'takeover-clean': 'taken over, clean session',
  'takeover-persistent': 'taken over, persistent session',
  stop: 'broker stopped',
  crash: 'broker crashed',
  silent: 'silence',
  delay: 'will delay',
  'delay-reconnect': 'back within the will delay',
  'delay-without-session': 'will delay, session over',
  retained: 'FIN, will retained',
};

/** A cause as the page names it; on a Pi silence is a cut network. */
export function causeName({ cause, where, isOnPi, owner }: WillRow): string {
  const name = NAMES[cause];
  if (cause === 'silent') {
    const how = isOnPi ? `network cut, ${where}` : 'client silent';
    return owner === undefined ? how : `${how}, ${owner.keepAlive} s`;
  }
  if (cause === 'killed') return `${name}, ${where}`;
  return owner?.delayS === undefined ? name : `${name}, ${owner.delayS} s`;
}

/** `0.2 ms`, `43 ms`, `7.5 s`. */
export function timeText(ms: number): string {
  if (ms < 0.95) return `${Math.max(0.1, ms).toFixed(1)} ms`;
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `after 43 ms`, `after 43 to 120 ms`; undefined where no time is known. */
export function spanText(times: readonly (number | undefined)[]): string | undefined {
  const known = times.filter((ms) => ms !== undefined);
  if (known.length === 0) return undefined;
  const [from, to] = [Math.min(...known), Math.max(...known)].map(timeText);
  return from === to ? `after ${from}` : `after ${from} to ${to}`;
}

/** How the connection ended. */
export function endText({ end, cause, dropped }: WillRow): string {
  if (end === undefined) {
    if (dropped !== undefined) return 'silence: nothing reaches either end';
    return cause === 'clean' ? 'by the client’s program; not observed' : 'not observed';
  }
  if (end.by === 'broker') return `the broker’s ${end.how} ${spanText([end.afterMs])}`;
  if (end.seenBy === 'kernel') return `${end.how} from the client’s kernel`;
  return end.how === 'RST' ? 'the client’s RST' : `the client’s FIN, the broker’s ${spanText([end.afterMs])}`;
}

/** Whether and when the last will came. */
export function willText({ wills, willAfterMs }: WillRow): string {
  if (wills === 0) return 'no last will';
  const when = spanText([willAfterMs]);
  const count = wills === 1 ? 'last will' : `${wills} last wills`;
  return when === undefined ? count : `${count} ${when}`;
}

/** A row in words: cause, what the broker did and logged, the last will. */
export function rowText(row: WillRow): string {
  const log = row.log.length === 0 ? [] : [`broker’s log: ${row.log.map(({ text }) => `“${text}”`).join(' ')}`];
  return `${causeName(row)} (${row.where}): ${[endText(row), ...log, willText(row)].join('; ')}`;
}

/** A diagram of rows in words. */
export function timelineText(rows: readonly WillRow[]): string {
  const names = listed([...new Set(rows.map(({ role }) => `the ${role}’s`))]);
  return `Time from the cause to ${names} last will. ${rows.map((row) => `${causeName(row)} (${row.where}): ${endText(row)}; ${willText(row)}`).join('. ')}.`;
}

import type { LiveEvent, Rights } from '../protocol.ts';
import type { Seen, State } from '../state/state.ts';

/** Something to say. */
export type Said = {
  readonly text: string;
  /** Numbers of the events that show it. */
  readonly seqs: readonly number[];
  readonly statement?: string | undefined;
  readonly isContradiction?: boolean;
};

export type Context = {
  readonly state: State;
  readonly rights: Rights;
  /** Of Mosquitto. */
  readonly brokerVersion: string | undefined;
};

/** One thing that the narrator knows about. `take` comes after the state has taken the event. */
export type Subject = {
  take(event: LiveEvent, seen: Seen): readonly Said[];
  /** `now` as the events' `at`. */
  tick?(now: number): readonly Said[];
};

export type OpenSubject = (context: Context) => Subject;

/** Whether the same thing happened less than `QUIET_MS` ago; the narrator says it once for a steady stream. */
export type Repeats = (key: string, at: number) => boolean;

const QUIET_MS = 2_000;
const MOST_KEYS = 1_000;

export function openRepeats(): Repeats {
  const last = new Map<string, number>();
  return (key, at) => {
    const before = last.get(key);
    last.delete(key);
    last.set(key, at);
    const [oldest] = last.keys();
    if (last.size > MOST_KEYS && oldest !== undefined) last.delete(oldest);
    return before !== undefined && at - before < QUIET_MS;
  };
}

/** Seconds with one decimal: `7.5 s`. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `1 packet`, `4 packets`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

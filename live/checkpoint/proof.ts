import type { LiveEvent, Step } from '../protocol.ts';
import type { Seen, State } from '../state/state.ts';

/** What proves a step. `take` comes after the state has taken the event, and gives the proof once it is complete. */
export type Proof = { take(event: LiveEvent, seen: Seen): readonly number[] | undefined };
/** `step`: the one that it proves. */
export type OpenProof = (state: State, step: Step) => Proof;

/** Collects the parts of a proof; each part has the events that show it. */
export type Parts<P> = {
  /** The first events of a part stay. */
  add(part: P, seqs: readonly number[]): void;
  has(part: P): boolean;
  /** The events of all parts, once there are all. */
  all(): readonly number[] | undefined;
};

export function openParts<P>(needed: readonly P[]): Parts<P> {
  const found = new Map<P, readonly number[]>();
  return {
    add(part, seqs) {
      if (needed.includes(part) && !found.has(part)) found.set(part, seqs);
    },
    has: (part) => found.has(part),
    all: () => (found.size === needed.length ? inOrder([...found.values()].flat()) : undefined),
  };
}

export function inOrder(seqs: readonly number[]): number[] {
  return [...new Set(seqs)].sort((one, other) => one - other);
}

/** Events that say that time has passed on both sides; a proof or a latency may come before the packet that it is about. */
export function isClock(event: LiveEvent): boolean {
  return event.is !== 'proved' && event.is !== 'latency';
}

/** What of a clock event shows that time has passed: words are about other events. */
export function clockSeqs(event: LiveEvent): number[] {
  return event.is === 'words' ? [] : [event.seq];
}

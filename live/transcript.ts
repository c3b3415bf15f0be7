import { now } from '../probes/mqtt/packet.ts';
import type { LiveEvent, NewEvent } from './protocol.ts';

/** Everything that a live view has shown, in order. */
export type Transcript = {
  readonly events: readonly LiveEvent[];
  /** Events with a greater `seq`. */
  since(seq: number): readonly LiveEvent[];
  /** Calls the listener with each new event; returns what ends that. */
  onEvent(listener: (event: LiveEvent) => void): () => void;
  /** @param at milliseconds since 1970; default: now */
  add(event: NewEvent, at?: number): LiveEvent;
  isFull(): boolean;
};

/** Two minutes at 200 messages a second, hours by hand; the server keeps all of them in memory, about 1 kB each. */
export const MOST_EVENTS = 100_000;

export function openTranscript(mostEvents = MOST_EVENTS): Transcript {
  const events: LiveEvent[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    events,
    since: (seq) => events.slice(seq),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(event, at = now()) {
      const numbered: LiveEvent = { ...event, seq: events.length + 1, at };
      events.push(numbered);
      for (const listener of [...listeners]) listener(numbered);
      return numbered;
    },
    isFull: () => events.length >= mostEvents,
  };
}

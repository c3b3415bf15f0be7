import type { LiveEvent } from '../../protocol.ts';
import type { Seen } from '../../state/state.ts';

/** Judges one event after the other; gives what contradicts the events before. */
export type Rule = (event: LiveEvent, seen: Seen) => readonly string[];
/** `events`: all of them, to look one up by its number. */
export type OpenRule = (events: readonly LiveEvent[]) => Rule;

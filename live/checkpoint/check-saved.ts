import { HERE, type Saved, type Setup } from '../protocol.ts';
import { contradictionsIn } from './consistency/contradictions.ts';
import { LONG } from './keep-alive.ts';
import { openPath } from './path.ts';
import { PROOFS } from './proofs.ts';
import { TITLES } from './titles.ts';

/** What a saved live view shows. It is no proof against forgery. */
export type SavedOutcome = {
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    /** Whether the recorded packets prove it. */
    readonly holds: boolean;
    /** Whether its lab can show it; else it does not count. */
    readonly isInLab: boolean;
    /** Numbers of the events that prove it. */
    readonly proof: readonly number[];
  }[];
  /** Where the events contradict themselves or each other, a sentence each. */
  readonly contradictions: readonly string[];
};

/**
 * Replays the saved events through the checkpoint's path, and looks for contradictions between them. Judges every step of
 * the checkpoint: one that the file does not have does not hold.
 */
export function checkSaved(saved: Saved): SavedOutcome {
  const { setup, events } = saved;
  const titles = new Map(setup.steps.map(({ id, title }) => [id, title]));
  const path = openPath(setup.steps);
  const replayed = events.flatMap((event) => path.take(event)).filter((event) => event.is === 'proved');
  return {
    steps: [...new Set([...Object.keys(PROOFS), ...titles.keys()])].map((id) => {
      const proof = replayed.find(({ step }) => step === id)?.seqs ?? [];
      const title = titles.get(id) ?? TITLES[id] ?? '';
      return { id, title, holds: proof.length > 0, isInLab: titles.has(id) || canShow(setup, id), proof };
    }),
    contradictions: contradictionsIn(saved, replayed),
  };
}

/** A step that the file does not have may need what its lab does not have either. */
function canShow({ places, isOpenToAll, longestKeepAlive = LONG }: Setup, id: string): boolean {
  if (id === '1.3') return places.some(({ name }) => name !== HERE);
  if (id.startsWith('2.3')) return longestKeepAlive >= LONG;
  return id !== '2.1' || isOpenToAll !== true;
}

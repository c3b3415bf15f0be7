import type { LiveEvent, NewEvent, Step } from '../protocol.ts';
import { openState } from '../state/state.ts';
import { PROOFS } from './proofs.ts';

/** The checkpoint's steps on their way to being proved. */
export type Path = {
  /** `proved` events for the steps that this event completes. */
  take(event: LiveEvent): NewEvent[];
};

export function openPath(steps: readonly Step[]): Path {
  const state = openState();
  const open = new Map(
    steps.flatMap((step) => {
      const proof = PROOFS[step.id];
      return proof === undefined ? [] : [[step.id, proof(state, step)] as const];
    }),
  );
  return {
    take(event) {
      const seen = state.take(event);
      return [...open].flatMap(([step, proof]): NewEvent[] => {
        const seqs = proof.take(event, seen);
        if (seqs === undefined) return [];
        open.delete(step);
        return [{ is: 'proved', step, seqs: [...seqs] }];
      });
    },
  };
}

import type { Step } from '../protocol.ts';
import type { State } from './state.ts';

/** The open step: the one that was chosen, or the first that was not proved before `loadedAt`, so that a proof stays in sight. */
export function openStep(
  steps: readonly Step[],
  states: State['steps'],
  chosen: string | undefined,
  loadedAt: number,
): Step | undefined {
  const wasProved = ({ id }: Step) => (states[id]?.provedAt ?? loadedAt) < loadedAt;
  return steps.find(({ id }) => id === chosen) ?? steps.find((step) => !wasProved(step)) ?? steps[0];
}

/** The next step without a proof, from the first one again after the last. */
export function nextStep(steps: readonly Step[], states: State['steps'], open: Step): Step | undefined {
  const at = steps.indexOf(open);
  return [...steps.slice(at + 1), ...steps.slice(0, at)].find(({ id }) => states[id]?.proof === undefined);
}

import { useRef, useState } from 'preact/hooks';
import type { Step } from '../protocol.ts';
import { nextStep, openStep } from './path.ts';
import { Save } from './save.tsx';
import { StepView } from './step.tsx';
import { usePart } from './store.ts';

/** The checkpoint as a path: one step is open, and those that were proved are ticked. */
export function Checkpoint({ steps }: { readonly steps: readonly Step[] }) {
  const states = usePart((state) => state.steps);
  const [chosen, setChosen] = useState<string | undefined>();
  const isMoved = useRef(false);
  const isProved = ({ id }: Step) => states[id]?.proof !== undefined;
  const shown = openStep(steps, states, chosen, performance.timeOrigin);
  const next = shown && isProved(shown) ? nextStep(steps, states, shown) : undefined;
  const open = (step: Step, takesFocus: boolean) => {
    isMoved.current = takesFocus;
    setChosen(step.id);
  };
  return (
    <section class="checkpoint" aria-labelledby="checkpoint-title">
      <div class="path">
        <h2 id="checkpoint-title">Checkpoint</h2>
        <ol>
          {steps.map((step) => (
            <li key={step.id}>
              <button
                type="button"
                class={isProved(step) ? 'proved' : ''}
                aria-current={step === shown ? 'step' : undefined}
                title={step.title}
                onClick={() => open(step, false)}
              >
                {isProved(step) ? '✓ ' : ''}
                {step.id}
                <span class="hidden">{isProved(step) ? ', proved' : ''}</span>
              </button>
            </li>
          ))}
        </ol>
        <Save />
      </div>
      {shown === undefined ? null : (
        <StepView
          key={shown.id}
          step={shown}
          state={states[shown.id] ?? {}}
          takesFocus={isMoved.current}
          next={next && { title: `${next.id} ${next.title}`, open: () => open(next, true) }}
        />
      )}
    </section>
  );
}

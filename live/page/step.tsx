import { useEffect, useRef, useState } from 'preact/hooks';
import { ComparedQos } from '../answers/compared.tsx';
import { wordsText } from '../answers/event-text.ts';
import { SHORTEST_ANSWER, WRITTEN } from '../checkpoint/keep-alive.ts';
import { isAsPredicted } from '../checkpoint/predictions.ts';
import type { LiveEvent, Step } from '../protocol.ts';
import { Answer } from './answer.tsx';
import { Button, Control } from './fields.tsx';
import { CHECKPOINT_TYPES } from './look.ts';
import { showRow } from './marked.ts';
import { slotOf } from './rows.ts';
import type { StepState } from './state.ts';
import { store, usePart, useSlowPart } from './store.ts';
import { sentenceOf } from './text.ts';

type StepProps = { readonly step: Step; readonly state: StepState };
type StepViewProps = StepProps & {
  /** Whether it was opened from the step before, whose button is gone. */
  readonly takesFocus?: boolean;
  /** The step to go on with, once this one is proved. */
  readonly next?: { readonly title: string; readonly open: () => void } | undefined;
};

/** A step of the checkpoint: what to predict, to do and to write, and what proved it. */
export function StepView({ step, state, takesFocus = false, next }: StepViewProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, []);
  const { prediction, ask, todo } = step;
  const choice = state.choice === undefined ? undefined : prediction?.choices[state.choice];
  return (
    <div class="step">
      <h3 ref={heading} tabIndex={-1}>
        {step.id} {step.title}
      </h3>
      {prediction === undefined || (state.proof !== undefined && choice !== undefined) ? null : (
        <Prediction step={step} state={state} />
      )}
      <ul>
        {todo.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {state.proof === undefined && step.id === '2.2b' ? <Missing /> : null}
      {state.proof === undefined ? null : (
        <div class="compared">
          {choice === undefined ? null : (
            <div>
              <h4>You predicted</h4>
              <p>{choice}</p>
              <Judgement step={step} state={state} />
            </div>
          )}
          <Proof seqs={state.proof} />
        </div>
      )}
      {step.id === '2.2c' && state.proof !== undefined ? <ComparedQos proof={eventsOf(state.proof)} /> : null}
      {ask === undefined ? null : (
        <Answer step={step.id} ask={ask} sent={state.text ?? ''} shortest={step.id === WRITTEN ? SHORTEST_ANSWER : 0} />
      )}
      {next === undefined ? null : (
        <div class="onward">
          <Button look="main" onClick={next.open}>
            Next step<span class="hidden">: {next.title}</span>
          </Button>
        </div>
      )}
    </div>
  );
}

/** Kinds of packets that have not come yet. */
function Missing() {
  const types = usePart((state) => state.types);
  const missing = CHECKPOINT_TYPES.filter((type) => !types.has(type));
  return missing.length === 0 ? null : <p class="about">Still missing: {missing.join(', ')}.</p>;
}

/** Whether the prediction is what came, where the proof shows it. */
function Judgement({ step, state: { choice = -1, proof = [] } }: StepProps) {
  const isRight = isAsPredicted(step.id, choice, eventsOf(proof));
  if (isRight === undefined) return null;
  return <p class={isRight ? 'proved' : ''}>{isRight ? '✓ as predicted' : '✗ not as predicted'}</p>;
}

/** Those that the page still has. */
function eventsOf(seqs: readonly number[]): LiveEvent[] {
  const { slots } = store.state;
  return seqs.flatMap((seq) => slots[slotOf(slots, seq) ?? -1]?.event ?? []);
}

const MOST_SENTENCES = 8;

/** What happened, in words, and the events that prove a step, each a link to its row. */
function Proof({ seqs }: { readonly seqs: readonly number[] }) {
  // words may follow the proof
  useSlowPart((state) => state.words);
  const linked = seqs.filter(hasRow);
  return (
    <div>
      <h4 class="proved">✓ What came</h4>
      {saidOf(seqs)
        .slice(-MOST_SENTENCES)
        .map((text) => (
          <p key={text}>{text}</p>
        ))}
      <details>
        <summary>What proves it ({linked.length})</summary>
        <ul>
          {linked.map((seq) => (
            <li key={seq}>
              <EventLink seq={seq} />
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function saidOf(seqs: readonly number[]): string[] {
  const of = new Set(seqs);
  const rows = [...new Set(store.state.slots)];
  const said = rows.flatMap(({ event }) =>
    event.is === 'words' && event.seqs.some((seq) => of.has(seq)) ? [wordsText(event)] : [],
  );
  return [...new Set(said)];
}

/** Counters, states and answers have no row; a packet had one, which the page may have dropped. */
function hasRow(seq: number): boolean {
  const { slots, dropped } = store.state;
  return slotOf(slots, seq) !== undefined || (dropped > 0 && seq < (slots[0]?.event.seq ?? 0));
}

function EventLink({ seq }: { readonly seq: number }) {
  const { slots } = store.state;
  const row = slots[slotOf(slots, seq) ?? -1];
  if (row === undefined) return <>event {seq}, only in the transcript</>;
  return (
    <button type="button" class="as-link" onClick={() => showRow(seq)}>
      {sentenceOf(row)}
    </button>
  );
}

/** Choices of a prediction; locked once it was sent, or once the step is proved. */
function Prediction({ step, state }: StepProps) {
  const { question = '', choices = [] } = step.prediction ?? {};
  const [picked, setPicked] = useState<number | undefined>();
  const { choice = picked, proof } = state;
  const isLocked = state.choice !== undefined || proof !== undefined;
  const send = () => picked !== undefined && store.send({ do: 'predict', step: step.id, choice: picked });
  return (
    <>
      <fieldset class="prediction" disabled={isLocked}>
        <legend>
          <b>Predict first.</b> {question}
        </legend>
        {choices.map((text, index) => (
          <label key={text} class="tick">
            <input
              type="radio"
              name={`prediction-${step.id}`}
              checked={choice === index}
              onChange={() => setPicked(index)}
            />
            <span>{text}</span>
          </label>
        ))}
        {isLocked ? null : (
          <Control why={picked === undefined && 'choose first'} onClick={send}>
            Predict
          </Control>
        )}
      </fieldset>
      {proof !== undefined && state.choice === undefined ? <p class="about">Proved before a prediction.</p> : null}
    </>
  );
}

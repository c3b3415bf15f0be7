import { SHORTEST_ANSWER, WRITTEN } from '../checkpoint/keep-alive.ts';
import { isAsPredicted } from '../checkpoint/predictions.ts';
import type { EventOf, LiveEvent, Saved, Step } from '../protocol.ts';
import { wordsText } from './event-text.ts';

/** What a student predicted and wrote for a step, beside what came. */
export type StepAnswer = {
  readonly step: Step;
  readonly prediction?: {
    readonly text: string;
    readonly isLate: boolean;
    /** Whether it came; undefined where the proof does not show it. */
    readonly isRight?: boolean;
  };
  readonly answer?: string;
  /** The events that prove the step. */
  readonly proof: readonly LiveEvent[];
  /** What happened there, in words. */
  readonly words: readonly string[];
  /** What the step asks for and the student did not give. */
  readonly missing: readonly ('prediction' | 'answer')[];
};

type Noted = Partial<Pick<StepAnswer, 'missing' | 'prediction' | 'answer'>> & { readonly id: string };

/** What a reader of the outcome must not miss, such as `no answer`. */
export function notesOf({ id, missing = [], prediction, answer }: Noted): string[] {
  const short = id === WRITTEN && answer !== undefined ? SHORTEST_ANSWER - answer.trim().length : 0;
  return [
    ...missing.map((what) => `no ${what}`),
    ...(prediction?.isRight === false ? ['not as predicted'] : []),
    ...(short > 0 ? [`${short} of ${SHORTEST_ANSWER} characters missing`] : []),
  ];
}

/** @param proofs numbers of the events that prove a step; default: what the live view noted */
export function stepAnswers(
  { setup, events }: Pick<Saved, 'setup' | 'events'>,
  proofs: ReadonlyMap<string, readonly number[]> = notedProofs(events),
): StepAnswer[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const words = events.filter((event) => event.is === 'words');
  return setup.steps.map((step) => {
    const seqs = new Set(proofs.get(step.id));
    const proof = [...seqs].flatMap((seq) => bySeq.get(seq) ?? []);
    const predicted = predictionOf(events, step, proof);
    const answer = ofStep(events, 'answered', step)?.text ?? '';
    const hasAnswer = answer.trim() !== '';
    return {
      step,
      ...predicted,
      ...(hasAnswer ? { answer } : {}),
      proof,
      words: words.filter((event) => event.seqs.some((seq) => seqs.has(seq))).map(wordsText),
      missing: [
        ...(step.prediction !== undefined && predicted.prediction === undefined ? (['prediction'] as const) : []),
        ...(step.ask !== undefined && !hasAnswer ? (['answer'] as const) : []),
      ],
    };
  });
}

function notedProofs(events: readonly LiveEvent[]): Map<string, readonly number[]> {
  return new Map(events.flatMap((event) => (event.is === 'proved' ? [[event.step, event.seqs]] : [])));
}

/** The newest prediction from before the proof counts: a later one may come from what was seen. */
function predictionOf(
  events: readonly LiveEvent[],
  step: Step,
  proof: readonly LiveEvent[],
): Pick<StepAnswer, 'prediction'> {
  const lastProof = Math.max(...proof.map(({ seq }) => seq));
  const all = events.filter((event) => event.is === 'predicted').filter((event) => event.step === step.id);
  const isLate = ({ seq }: LiveEvent) => seq > lastProof && lastProof > 0;
  const predicted = all.findLast((event) => !isLate(event)) ?? all[0];
  if (predicted === undefined) return {};
  const text = step.prediction?.choices[predicted.choice] ?? `choice ${predicted.choice + 1}`;
  const isRight = isAsPredicted(step.id, predicted.choice, proof);
  return { prediction: { text, isLate: isLate(predicted), ...(isRight === undefined ? {} : { isRight }) } };
}

/** The last one counts. */
function ofStep(events: readonly LiveEvent[], is: 'answered', { id }: Step): EventOf<'answered'> | undefined {
  const found = events.findLast((event) => event.is === is && event.step === id);
  return found?.is === 'answered' ? found : undefined;
}

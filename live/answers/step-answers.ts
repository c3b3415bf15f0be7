import type { EventOf, LiveEvent, Saved, Step } from '../protocol.ts';
import { wordsText } from './event-text.ts';

/** What a student predicted and wrote for a step, beside what came. */
export type StepAnswer = {
  readonly step: Step;
  readonly prediction?: { readonly text: string; readonly isLate: boolean };
  readonly answer?: string;
  /** The events that prove the step. */
  readonly proof: readonly LiveEvent[];
  /** What happened there, in words. */
  readonly words: readonly string[];
};

/** @param proofs numbers of the events that prove a step; default: what the live view noted */
export function stepAnswers(
  { setup, events }: Pick<Saved, 'setup' | 'events'>,
  proofs: ReadonlyMap<string, readonly number[]> = notedProofs(events),
): StepAnswer[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const words = events.filter((event) => event.is === 'words');
  return setup.steps.map((step) => {
    const seqs = new Set(proofs.get(step.id));
    const answered = ofStep(events, 'answered', step);
    return {
      step,
      ...predictionOf(events, step, Math.max(...seqs)),
      ...(answered === undefined ? {} : { answer: answered.text }),
      proof: [...seqs].flatMap((seq) => bySeq.get(seq) ?? []),
      words: words.filter((event) => event.seqs.some((seq) => seqs.has(seq))).map(wordsText),
    };
  });
}

function notedProofs(events: readonly LiveEvent[]): Map<string, readonly number[]> {
  return new Map(events.flatMap((event) => (event.is === 'proved' ? [[event.step, event.seqs]] : [])));
}

/** The newest prediction from before the proof counts: a later one may come from what was seen. */
function predictionOf(events: readonly LiveEvent[], step: Step, lastProof: number): Pick<StepAnswer, 'prediction'> {
  const all = events.filter((event) => event.is === 'predicted').filter((event) => event.step === step.id);
  const isLate = ({ seq }: LiveEvent) => seq > lastProof && lastProof > 0;
  const predicted = all.findLast((event) => !isLate(event)) ?? all[0];
  if (predicted === undefined) return {};
  const text = step.prediction?.choices[predicted.choice] ?? `choice ${predicted.choice + 1}`;
  return { prediction: { text, isLate: isLate(predicted) } };
}

/** The last one counts. */
function ofStep(events: readonly LiveEvent[], is: 'answered', { id }: Step): EventOf<'answered'> | undefined {
  const found = events.findLast((event) => event.is === is && event.step === id);
  return found?.is === 'answered' ? found : undefined;
}

import type { AnswersJson } from '../../records/json/answers.ts';
import type { SavedOutcome } from '../checkpoint/check-saved.ts';
import type { Saved } from '../protocol.ts';
import { stepAnswers } from './step-answers.ts';

/** What a saved live view proves, with what the student predicted and wrote. */
export function answersOutcome(saved: Saved, { steps, contradictions }: SavedOutcome): AnswersJson {
  const proofs = new Map(steps.map(({ id, proof }) => [id, proof]));
  const answers = new Map(stepAnswers(saved, proofs).map((answer) => [answer.step.id, answer]));
  const counted = steps.filter(({ isInLab }) => isInLab);
  const isPass = contradictions.length === 0 && counted.length > 0 && counted.every(({ holds }) => holds);
  return {
    verdict: isPass ? 'pass' : 'fail',
    student: saved.student,
    lab: saved.setup.lab,
    saved: saved.saved,
    steps: steps.map(({ id, title, holds, isInLab, proof }) => {
      const { prediction, answer, words = [], missing = [] } = answers.get(id) ?? {};
      return {
        id,
        title,
        holds,
        isInLab,
        proof,
        ...{
          came: words,
          ...(missing.length > 0 && { missing }),
          ...(prediction && { prediction }),
          ...(answer && { answer }),
        },
      };
    }),
    contradictions,
  };
}

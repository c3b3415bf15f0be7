import { type Paint, printable } from '../../base/paint.ts';
import type { AnswersJson } from '../../records/json/answers.ts';
import { WRITTEN } from '../checkpoint/keep-alive.ts';
import { notesOf } from './step-answers.ts';

/** What `check-answers` prints for people. */
export function outcomeLines({ student, lab, saved, steps, contradictions }: AnswersJson, paint: Paint): string[] {
  const counted = steps.filter(({ isInLab }) => isInLab);
  const written = counted.find(({ id }) => id === WRITTEN);
  const proved = counted.filter((step) => step !== written);
  return [
    `student: ${oneLine(student)}`,
    `lab: ${oneLine(lab)}`,
    `saved: ${oneLine(saved)}`,
    ...steps.flatMap((step) => {
      const notes = notesOf(step).map((note) => `, ${paint('yellow', note)}`);
      return [`${wordOf(step, paint)}${notes.join('')}: ${oneLine(`${step.id} ${step.title}`)}`, ...details(step)];
    }),
    `${proved.filter(({ holds }) => holds).length} of ${proved.length} steps hold by the recorded packets`,
    ...(written === undefined ? [] : [writtenLine(written)]),
    ...contradictions.map((text) => `${paint('red', 'the transcript contradicts itself')}: ${oneLine(text)}`),
    'this is no proof against forgery: anyone who can write the file can change what it says',
  ];
}

function writtenLine({ id, holds }: AnswersJson['steps'][number]): string {
  return holds ? `${id} holds by the length of its answer; nothing here judges its content` : `${id} does not hold`;
}

function wordOf({ holds, isInLab }: AnswersJson['steps'][number], paint: Paint): string {
  if (!isInLab) return paint('dim', '- not in this lab');
  return holds ? paint('green', '✓ holds') : paint('red', '✗ does not hold');
}

function details({ prediction, came, answer, proof }: AnswersJson['steps'][number]): string[] {
  const facts = [
    ...(prediction === undefined
      ? []
      : [`predicted${prediction.isLate ? ' after the packets were seen' : ''}: ${prediction.text}`]),
    ...came.map((text) => `what came: ${text}`),
    ...(answer === undefined ? [] : [`answer: ${answer}`]),
    ...(proof.length === 0 ? [] : [`proof: ${proof.map((seq) => `#${seq}`).join(', ')}`]),
  ];
  return facts.map((fact) => `    ${oneLine(fact)}`);
}

/** The file may come from anybody, and a line break could feign a line of this output. */
function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' '));
}

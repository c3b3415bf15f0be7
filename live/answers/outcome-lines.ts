import { type Paint, printable } from '../../base/paint.ts';
import type { AnswersJson } from '../../records/json/answers.ts';

/** What `check-answers` prints for people. */
export function outcomeLines({ student, lab, saved, steps, contradictions }: AnswersJson, paint: Paint): string[] {
  const counted = steps.filter(({ isInLab }) => isInLab);
  const held = counted.filter(({ holds }) => holds).length;
  return [
    `student: ${oneLine(student)}`,
    `lab: ${oneLine(lab)}`,
    `saved: ${oneLine(saved)}`,
    ...steps.flatMap((step) => {
      return [`${wordOf(step, paint)}: ${oneLine(`${step.id} ${step.title}`)}`, ...details(step)];
    }),
    `${held} of ${counted.length} steps hold by the recorded packets`,
    ...contradictions.map((text) => `${paint('red', 'the transcript contradicts itself')}: ${oneLine(text)}`),
    'this is no proof against forgery: anyone who can write the file can change what it says',
  ];
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

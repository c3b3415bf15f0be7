import test from 'ava';
import { answersOutcome } from '../../../../live/answers/outcome.ts';
import { outcomeLines } from '../../../../live/answers/outcome-lines.ts';
import type { SavedOutcome } from '../../../../live/checkpoint/check-saved.ts';
import type { Saved } from '../../../../live/protocol.ts';
import { DONE, savedWith } from './_saved.ts';

const plain = (_: unknown, text: string) => text;
/** What is printed about a saved live view for this outcome. */
const linesFor = (saved: Saved, outcome: SavedOutcome) => outcomeLines(answersOutcome(saved, outcome), plain);
const STEP = { id: '2.2b', title: 'QoS 2', isInLab: true };
const REACHES_PI = { id: '1.3', title: 'A test message', isInLab: false, holds: false, proof: [] };

test('prints each step with the prediction beside what came', (t) => {
  const outcome = { steps: [{ ...STEP, holds: true, proof: [2, 3] }], contradictions: [] };
  t.deepEqual(linesFor(savedWith(DONE), outcome), [
    'student: Zoë',
    'lab: class',
    'saved: 2026-11-30T13:39:35.123Z',
    '✓ holds: 2.2b QoS 2',
    '    predicted: 4',
    '    what came: QoS 2 takes four packets. [MQTT-4.3.3-1]',
    '    answer: It counts.',
    '    proof: #2, #3',
    '1 of 1 steps hold by the recorded packets',
    'this is no proof against forgery: anyone who can write the file can change what it says',
  ]);
});

test('names steps that do not hold, and contradictions', (t) => {
  const outcome = { steps: [{ ...STEP, holds: false, proof: [] }], contradictions: ['#3 before #2'] };
  const lines = linesFor(savedWith([]), outcome);
  t.true(lines.includes('✗ does not hold, no prediction, no answer: 2.2b QoS 2'));
  t.true(lines.includes('the transcript contradicts itself: #3 before #2'));
});

test('a text of the file takes one line and controls no terminal', (t) => {
  const saved = savedWith([{ is: 'answered', step: '2.2b', text: 'a\n✓ holds: all\u001b[2J' }], 'Eve\n✓ holds: all');
  const lines = linesFor(saved, { steps: [{ ...STEP, holds: false, proof: [] }], contradictions: [] });
  t.is(lines[0], 'student: Eve ✓ holds: all');
  t.true(lines.includes('    answer: a ✓ holds: all\\x1b[2J'));
});

test('a step that the lab cannot show does not count, and a checkpoint without any other does not pass', (t) => {
  const held = { ...STEP, holds: true, proof: [2, 3] };
  const outcome = { steps: [REACHES_PI, held], contradictions: [] };
  t.is(answersOutcome(savedWith(DONE), outcome).verdict, 'pass');
  const lines = linesFor(savedWith(DONE), outcome);
  t.true(lines.includes('- not in this lab: 1.3 A test message'));
  t.true(lines.includes('1 of 1 steps hold by the recorded packets'));
  for (const steps of [[], [REACHES_PI]])
    t.is(answersOutcome(savedWith(DONE), { steps, contradictions: [] }).verdict, 'fail');
});

test('a step that holds says what is missing, and what was not as predicted', (t) => {
  const outcome = { steps: [{ ...STEP, holds: true, proof: [2, 3] }], contradictions: [] };
  const first = (...events: Parameters<typeof savedWith>[0]) => linesFor(savedWith(events), outcome)[3];
  const [, ...unpredicted] = DONE;
  t.is(first(...unpredicted), '✓ holds, no prediction: 2.2b QoS 2');
  t.is(first(...DONE.slice(0, -1)), '✓ holds, no answer: 2.2b QoS 2');
  const wrong = { is: 'predicted', step: '2.2b', choice: 0 } as const;
  t.is(first(wrong, ...unpredicted), '✓ holds, not as predicted: 2.2b QoS 2');
  t.is(answersOutcome(savedWith([wrong, ...unpredicted]), outcome).verdict, 'pass');
});

test('a step that is a text does not count as held by packets', (t) => {
  const steps = [true, false].map((holds) => [
    { ...STEP, holds: true, proof: [2] },
    { ...STEP, id: '2.3c', holds, proof: [] },
  ]);
  const [held, short] = steps.map((steps) => linesFor(savedWith(DONE), { steps, contradictions: [] }));
  t.true(held?.includes('1 of 1 steps hold by the recorded packets'));
  t.true(held?.includes('2.3c holds by the length of its answer; nothing here judges its content'));
  t.true(short?.includes('2.3c does not hold'));
});

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
    '    predicted: four',
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
  t.true(lines.includes('✗ does not hold: 2.2b QoS 2'));
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

import test from 'ava';
import { notesOf, stepAnswers } from '../../../../live/answers/step-answers.ts';
import { DONE, savedWith } from './_saved.ts';

test('shows what was predicted and answered beside what came', (t) => {
  const [answer] = stepAnswers(savedWith(DONE));
  t.deepEqual(answer?.prediction, { text: '4', isLate: false, isRight: true });
  t.is(answer?.answer, 'It counts.');
  t.deepEqual(answer?.words, ['QoS 2 takes four packets. [MQTT-4.3.3-1]']);
  t.deepEqual(
    answer?.proof.map(({ seq }) => seq),
    [2, 3],
  );
});

test('takes the newest prediction from before the proof, and the last answer', (t) => {
  const more = [
    { is: 'predicted', step: '2.2b', choice: 0 },
    { is: 'answered', step: '2.2b', text: 'No, it acknowledges.' },
  ] as const;
  const [answer] = stepAnswers(savedWith([...DONE, ...more]));
  t.deepEqual(answer?.prediction, { text: '4', isLate: false, isRight: true });
  t.is(answer?.answer, 'No, it acknowledges.');
  const before = { is: 'predicted', step: '2.2b', choice: 0 } as const;
  const [changed] = stepAnswers(savedWith([before, ...DONE]), new Map([['2.2b', [3, 4]]]));
  t.deepEqual(changed?.prediction, { text: '4', isLate: false, isRight: true });
  const [unproved] = stepAnswers(savedWith([...DONE, ...more]), new Map());
  t.deepEqual(unproved?.prediction, { text: '1', isLate: false });
});

test('marks a prediction that came after the packets', (t) => {
  const [predicted, ...rest] = DONE;
  const shifted = rest.map((event) => (event.is === 'proved' ? { ...event, seqs: [1, 2] } : event));
  const [answer] = stepAnswers(savedWith([...shifted, ...(predicted === undefined ? [] : [predicted])]));
  t.true(answer?.prediction?.isLate);
});

test('a step that nobody has begun lacks what it asks for', (t) => {
  const saved = savedWith([]);
  t.deepEqual(
    stepAnswers(saved),
    saved.setup.steps.map((step) => ({ step, proof: [], words: [], missing: ['prediction', 'answer'] })),
  );
});

test('says whether a prediction is what came, and that an empty answer is missing', (t) => {
  const wrong = DONE.map((event) => (event.is === 'predicted' ? { ...event, choice: 1 } : event));
  const [answer] = stepAnswers(savedWith([...wrong, { is: 'answered', step: '2.2b', text: ' ' }]));
  t.false(answer?.prediction?.isRight);
  t.deepEqual(answer?.missing, ['answer']);
});

test('notes how many characters the text of 2.3c lacks', (t) => {
  t.deepEqual(notesOf({ id: '2.3c', answer: '25 s' }), ['76 of 80 characters missing']);
  t.deepEqual(notesOf({ id: '2.3c', answer: 'x'.repeat(80) }), []);
  t.deepEqual(notesOf({ id: '2.2d', answer: '25 s' }), []);
});

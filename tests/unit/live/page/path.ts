import test from 'ava';
import { nextStep, openStep } from '../../../../live/page/path.ts';
import { afterEvents, START } from '../../../../live/page/state.ts';
import type { Step } from '../../../../live/protocol.ts';
import { BEGIN, numbered } from './_events.ts';

const steps: Step[] = ['1', '2', '3'].map((id) => ({ id, title: `step ${id}`, todo: [] }));
const [first, second, third] = steps as [Step, Step, Step];
const proved = (...ids: string[]) =>
  afterEvents(START, numbered(ids.map((step) => ({ is: 'proved', step, seqs: [1] })))).steps;
const LATER = BEGIN + 1_000;

test('a step stays open when it is proved', (t) => {
  t.is(openStep(steps, {}, undefined, BEGIN), first);
  t.is(openStep(steps, proved('1'), undefined, BEGIN), first);
  t.is(openStep(steps, proved('1', '2'), '2', BEGIN), second);
});

test('a page that is loaded again opens the first step that is not proved', (t) => {
  t.is(openStep(steps, proved('1', '2'), undefined, LATER), third);
  t.is(openStep(steps, proved('1', '2', '3'), undefined, LATER), first);
});

test('the next step is one without a proof, also one that was left out', (t) => {
  t.is(nextStep(steps, proved('1'), first), second);
  t.is(nextStep(steps, proved('2', '3'), third), first);
  t.is(nextStep(steps, proved('1', '2', '3'), second), undefined);
});

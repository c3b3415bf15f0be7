import test from 'ava';
import { h } from 'preact';
import { render } from 'preact-render-to-string';
import { afterEvents, START, type StepState } from '../../../../live/page/state.ts';
import { StepView } from '../../../../live/page/step.tsx';
import { store } from '../../../../live/page/store.ts';
import type { NewEvent, Step } from '../../../../live/protocol.ts';
import { numbered, packet } from './_events.ts';

const step: Step = {
  ...{ id: '2.2d', title: 'Two hops', todo: ['Publish.'] },
  prediction: { question: 'What comes?', choices: ['one', 'two'] },
  ask: 'Why?',
};
const EVENTS: readonly NewEvent[] = [
  packet('publisher', 'PINGREQ'),
  { is: 'counters', side: 'publisher', packets: 1, mqttBytes: 2 },
  { is: 'words', text: 'It came.', statement: 'MQTT-1', isContradiction: false, seqs: [1] },
  { is: 'words', text: 'Another.', isContradiction: false, seqs: [2] },
];

/** The text of a step after these events. */
function shown(state: StepState, { of = step, dropped = 0 }: { of?: Step; dropped?: number } = {}): string {
  store.update(() => ({ ...afterEvents(START, numbered(EVENTS, 1)), dropped }));
  const html = render(h(StepView, { step: of, state }));
  store.update(() => START);
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

test('a proved step shows what was predicted beside what came, in words and packets', (t) => {
  const text = shown({ choice: 1, proof: [1], text: 'because' });
  t.regex(
    text,
    /You predicted two ✗ not as predicted ✓ What came It came\. \[MQTT-1\] What proves it \(1\) PINGREQ from publisher to broker/,
  );
  t.notRegex(text, /Another/);
  t.regex(text, /because/);
  t.regex(shown({ choice: 0, proof: [1] }), /You predicted one ✓ as predicted/);
  t.notRegex(shown({ choice: 0, proof: [1] }, { of: { ...step, id: '2.3a' } }), /as predicted/);
  t.regex(shown({ proof: [1] }), /Proved before a prediction/);
});

test('counters of a proof have no link, and a packet that the page has dropped is named', (t) => {
  t.notRegex(shown({ proof: [1, 2] }), /event 2/);
  t.regex(shown({ proof: [0, 1] }, { dropped: 2 }), /event 0, only in the transcript/);
});

test('the step that is a text says how many characters are missing', (t) => {
  const written = { ...step, id: '2.3c' };
  t.regex(shown({ text: ' 25 s ' }, { of: written }), /76 of 80 characters are missing\./);
  t.notRegex(shown({ text: 'x'.repeat(80) }, { of: written }), /missing/);
  t.notRegex(shown({ text: '25 s' }), /missing/);
});

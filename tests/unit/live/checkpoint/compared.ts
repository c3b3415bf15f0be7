import test from 'ava';
import { h } from 'preact';
import { render } from 'preact-render-to-string';
import { answersHtml } from '../../../../live/answers/page.tsx';
import { comparedQos } from '../../../../live/checkpoint/compared.ts';
import { isAsPredicted } from '../../../../live/checkpoint/predictions.ts';
import { afterEvents, START } from '../../../../live/page/state.ts';
import { StepView } from '../../../../live/page/step.tsx';
import { store } from '../../../../live/page/store.ts';
import type { LiveEvent } from '../../../../live/protocol.ts';
import type { ConnectOptions, Stream } from '../_stream.ts';
import { openView, STEPS, saved } from './_transcript.ts';

/** The events that prove 2.2c. */
function proofOf({ events }: Stream): LiveEvent[] {
  const proved = events.filter((event) => event.is === 'proved').find(({ step }) => step === '2.2c');
  return proved?.seqs.flatMap((seq) => events[seq - 1] ?? []) ?? [];
}

/** Messages of each QoS, whose copies come after so many milliseconds. */
function messages(stream: Stream, delays: readonly number[], payload = (qos: number) => `text${qos}`): void {
  for (const qos of [0, 1, 2] as const)
    for (const delay of delays) {
      const message = { topic: 'news', qos, payload: payload(qos) };
      stream.hop('publisher', message).wait(delay * (qos + 1));
      stream.hop('subscriber', message);
    }
}
const connected = (options: ConnectOptions = {}) =>
  openView().connect('subscriber', options).subscribe('subscriber', 'news', 2).connect('publisher', options);

test('compares what the messages that prove 2.2c took on both hops', (t) => {
  const stream = connected();
  messages(stream, [10, 30, 20]);
  // 4 bytes of topic and 5 of payload, with the figures of docs/checkpoint.md: 8 + N, 14 + N, 22 + N
  t.deepEqual(comparedQos(proofOf(stream)), [
    { qos: 0, packets: 2, mqttBytes: 26, latencyMs: 21 },
    { qos: 1, packets: 4, mqttBytes: 38, latencyMs: 42 },
    { qos: 2, packets: 8, mqttBytes: 54, latencyMs: 64 },
  ]);
  t.true(isAsPredicted('2.2c', 2, proofOf(stream)));
  t.false(isAsPredicted('2.2c', 3, proofOf(stream)));
});

test('2.2c is not proved by messages of several connections, nor of several lengths', (t) => {
  const again = connected();
  messages(again, [10, 10]);
  again.disconnect('publisher').connect('publisher', { version: 5 });
  messages(again, [10]);
  t.deepEqual(proofOf(again), []);
  const longer = connected();
  messages(longer, [10, 10, 10], (qos) => 'x'.repeat(qos + 1));
  t.deepEqual(proofOf(longer), []);
});

test('does not judge a prediction where QoS 2 was not the slowest', (t) => {
  const stream = connected();
  for (const qos of [2, 1, 0] as const)
    for (let nth = 0; nth < 3; nth += 1) {
      const message = { topic: 'news', qos, payload: 'same' };
      stream.hop('publisher', message).wait(100 * (2 - qos));
      stream.hop('subscriber', message);
    }
  t.is(proofOf(stream).length, 42);
  t.is(isAsPredicted('2.2c', 2, proofOf(stream)), undefined);
});

test('the page and the saved page show the comparison in a table', (t) => {
  const stream = connected();
  messages(stream, [10, 30, 20]);
  const [step] = STEPS.filter(({ id }) => id === '2.2c');
  if (step === undefined) return t.fail();
  store.update(() => afterEvents(START, stream.events));
  const live = render(h(StepView, { step, state: { proof: proofOf(stream).map(({ seq }) => seq) } }));
  store.update(() => START);
  for (const html of [live, answersHtml(saved(stream))])
    t.regex(html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' '), /median latency .* QoS 2 8 54 64\.0 ms/);
});

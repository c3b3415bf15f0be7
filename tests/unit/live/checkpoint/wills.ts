import test from 'ava';
import { openPath } from '../../../../live/checkpoint/path.ts';
import { stepsFor } from '../../../../live/checkpoint/steps.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';
import { Stream } from '../_stream.ts';

const stepOf = (topics: string) => {
  const lab = labOf(`${TWO_USERS}topics:\n${topics}`);
  const [step] = stepsFor({ lab, pis: [] }).filter(({ id }) => id === '2.4a');
  if (step === undefined) throw new Error('no 2.4a');
  return step;
};
const SENSOR_ONLY = '  news: { publish: [sam], subscribe: [alice], lastWill: [sam] }\n';
const WILL = { topic: 'news', payload: 'gone', qos: 0, retain: false } as const;

function isProved(step: ReturnType<typeof stepOf>, act: (stream: Stream) => void): boolean {
  const path = openPath([step]);
  const stream = new Stream((event) => path.take(event));
  act(stream);
  return stream.events.some((event) => event.is === 'proved');
}

test('2.4a asks no subscriber for a last will where the broker would publish none', (t) => {
  const step = stepOf(SENSOR_ONLY);
  t.deepEqual(step.wills, { publisher: ['sam'], subscriber: [] });
  t.is(step.todo[1], 'Connect the subscriber as alice, and subscribe to news.');
  t.regex(step.todo[2] ?? '', /the broker would drop it/);
  const both = (user: string) => (stream: Stream) => {
    stream.connect('publisher', { user, will: WILL }).connect('subscriber').subscribe('subscriber', 'news');
  };
  t.true(isProved(step, both('sam')));
  t.false(isProved(step, both('alice')));
  t.false(isProved(step, (stream) => stream.connect('publisher', { will: WILL }).connect('subscriber')));
});

test('2.4a takes one user for both sides where only that one has both rights', (t) => {
  const step = stepOf(`${SENSOR_ONLY}  door: { publish: [sam], subscribe: [sam] }\n`);
  t.is(step.topic, 'door');
  t.regex(step.todo.join(), /subscriber as sam with a last will on door/);
  const will = { ...WILL, topic: 'door' };
  const both = (user: string) => (stream: Stream) => {
    stream.connect('publisher', { will }).connect('subscriber', { user, will }).subscribe('subscriber', 'door');
  };
  t.true(isProved(step, both('sam')));
  t.false(isProved(step, both('alice')));
});

import test from 'ava';
import { contradictions, narrated, Stream } from '../_stream.ts';

test('a connection that fails before CONNECT leaves its user to nobody', (t) => {
  const rights = { mayPublish: (user: string) => user === 'sam', mayReceive: () => true };
  for (const isReported of [true, false]) {
    const stream = new Stream().connect('subscriber').subscribe('subscriber', 'status', 1).fail('publisher', 'bob');
    if (isReported) stream.add({ is: 'state', side: 'publisher', state: 'idle' });
    stream.connect('publisher').hop('publisher', { qos: 1 }).hop('subscriber', { qos: 1 });
    t.false(narrated(stream).some(({ text }) => text.includes('bob')));
    t.deepEqual(contradictions(stream, { rights }), []);
  }
});

test('MQTT 5 has a clean start, and statements of its own for SUBACK', (t) => {
  const said = (version: 4 | 5) => narrated(new Stream().connect('subscriber', { version }).subscribe('subscriber'));
  t.true(said(4)[0]?.text.includes('with a clean session'));
  t.true(said(5)[0]?.text.includes('with a clean start'));
  t.is(said(4)[1]?.statement, 'MQTT-3.8.4-5');
  t.is(said(5)[1]?.statement, 'MQTT-3.8.4-7');
  const short = new Stream().connect('subscriber', { version: 5 });
  const subscriptions = [
    { topic: 'a', qos: 0 as const },
    { topic: 'b', qos: 0 as const },
  ];
  short.packet('subscriber', 'sent', { cmd: 'subscribe', messageId: 1, subscriptions });
  short.packet('subscriber', 'received', { cmd: 'suback', messageId: 1, granted: [0] });
  t.is(contradictions(short)[0]?.statement, 'MQTT-3.8.4-6');
});

test('a takeover names a pulled cable only where there was one', (t) => {
  const persistent = { clean: false, clientId: 'one' };
  const stream = new Stream().connect('publisher', persistent);
  stream.add({ is: 'state', side: 'publisher', state: 'ended' });
  stream.connect('publisher', { ...persistent, isPresent: true });
  t.false(narrated(stream).some(({ text }) => text.includes('cable')));
});

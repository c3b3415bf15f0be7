import test from 'ava';
import { contradictions, narrated, Stream } from '../_stream.ts';

const ON = { qos: 1, payload: 'on' } as const;
const LATE = { afterMs: 30_000 };
const subscribed = () => new Stream().connect('subscriber').subscribe('subscriber', 'status', 1);

test('a message from before the subscription is not the one that comes', (t) => {
  const stream = new Stream().connect('publisher').hop('publisher', ON).wait(1_000).connect('subscriber');
  stream.subscribe('subscriber', 'status', 1).hop('publisher', ON).hop('subscriber', ON);
  t.deepEqual(contradictions(stream, LATE), []);
});

test('a message that its publisher may not publish is not the one that comes', (t) => {
  const rights = { mayPublish: (user: string) => user !== 'bob', mayReceive: () => true };
  const stream = subscribed().connect('publisher', { user: 'bob' }).hop('publisher', ON).wait(1_000);
  stream.disconnect('publisher').connect('publisher').hop('publisher', ON).hop('subscriber', ON);
  t.deepEqual(contradictions(stream, { ...LATE, rights }), []);
  const reached = subscribed().connect('publisher', { user: 'bob' }).hop('publisher', ON).hop('subscriber', ON);
  t.is(contradictions(reached, { ...LATE, rights }).length, 1);
});

test('a message that the broker refused is not the one that comes', (t) => {
  const stream = subscribed().connect('publisher', { version: 5 });
  stream.publish('publisher', 'sent', ON);
  stream.answer('publisher', 'received', 'puback', 7, 0x97);
  stream.hop('publisher', { ...ON, id: 8 }).hop('subscriber', ON);
  t.deepEqual(contradictions(stream, LATE), []);
});

test('equal messages in flight keep their order', (t) => {
  const stream = subscribed().connect('publisher');
  stream.publish('publisher', 'sent', { ...ON, id: 1 });
  stream.publish('publisher', 'sent', { payload: 'on' });
  stream.hop('subscriber', { ...ON, id: 1 }).hop('subscriber', { payload: 'on' });
  stream.answer('publisher', 'received', 'puback', 1);
  t.deepEqual(contradictions(stream, LATE), []);
});

test('equal messages for a reader who was away come in their order', (t) => {
  const persistent = { clean: false, clientId: 'one' };
  const stream = new Stream().connect('subscriber', persistent).subscribe('subscriber', 'status', 1);
  stream.disconnect('subscriber').connect('publisher').hop('publisher', ON).wait(20_000).hop('publisher', ON);
  stream
    .wait(20_000)
    .connect('subscriber', { ...persistent, isPresent: true })
    .hop('subscriber', ON);
  stream.hop('subscriber', ON);
  const kept = narrated(stream).filter(({ text }) => text.includes('had kept this message'));
  t.deepEqual(
    kept.map(({ text }) => /published it ([\d.]+ s) before/.exec(text)?.[1]),
    ['40.0 s'],
  );
  t.deepEqual(contradictions(stream, LATE), []);
});

test('a last will with the text of a message that nobody received is a will', (t) => {
  const will = { topic: 'status', payload: 'on', qos: 0, retain: false } as const;
  const early = new Stream().connect('publisher', { will }).hop('publisher', { payload: 'on' }).wait(500);
  early.connect('subscriber').subscribe('subscriber').kill('publisher').hop('subscriber', { payload: 'on' });
  t.deepEqual(contradictions(early, LATE), []);
  const lost = subscribed().connect('publisher', { will }).hop('publisher', { payload: 'on' }).wait(20_000);
  lost.kill('publisher').hop('subscriber', { payload: 'on' });
  t.deepEqual(contradictions(lost, LATE), []);
});

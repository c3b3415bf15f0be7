import test from 'ava';
import type { Settings } from '../../../../live/protocol.ts';
import { contradictions, narrated, Stream, type Words } from '../_stream.ts';

const WILL = { topic: 'status', payload: 'gone', qos: 1, retain: false } as const;
const GONE = { payload: 'gone', qos: 1 } as const;
const LATE = { afterMs: 30_000 };
const start = (settings: Partial<Settings>, reader: Parameters<Stream['connect']>[1] = {}) =>
  new Stream()
    .connect('subscriber', reader)
    .subscribe('subscriber', 'status', 1)
    .connect('publisher', { will: WILL, ...settings })
    .wait(100);
const about = (words: readonly Words[], part: string) => words.filter(({ text }) => text.includes(part));
const KEPT = { clean: false, clientId: 'one' };

test('a will that a cut reader gets late says nothing about the broker', (t) => {
  const stream = start({ keepAlive: 5 });
  stream.tcp('publisher', 'silent');
  stream.tcp('subscriber', 'silent');
  stream.wait(20_000).tcp('subscriber', 'through');
  stream.hop('subscriber', GONE);
  t.is(about(narrated(stream), 'alice was not in reach all the time').length, 1);
  t.deepEqual(contradictions(stream, LATE), []);
});

test('a will that was kept for a reader says nothing about the broker', (t) => {
  const back = (stream: Stream) => stream.wait(18_000).connect('subscriber', { ...KEPT, isPresent: true });
  const cut = start({ keepAlive: 5 }, KEPT);
  cut.tcp('publisher', 'silent');
  back(cut.disconnect('subscriber')).hop('subscriber', GONE);
  t.deepEqual(contradictions(cut, LATE), []);
  const killed = back(start({}, KEPT).disconnect('subscriber').kill('publisher')).hop('subscriber', GONE);
  t.is(about(narrated(killed), 'at once').length, 1);
  t.is(about(narrated(killed), 'alice was not in reach and got it 18.0 s after the end').length, 1);
});

test('what a client sent while cut reaches the broker when the cable is plugged in', (t) => {
  const stream = start({ keepAlive: 25 });
  stream.tcp('publisher', 'silent');
  stream.wait(24_000).packet('publisher', 'sent', { cmd: 'pingreq' });
  stream.wait(5_000).tcp('publisher', 'through');
  const plugged = stream.events.length;
  stream.wait(500).tcp('publisher', 'silent');
  stream.wait(38_000).hop('subscriber', GONE);
  const [words] = about(narrated(stream), '38.5 s after the last packet of sam');
  t.true(words?.seqs.includes(plugged));
  t.deepEqual(contradictions(stream, LATE), []);
});

test('two equal wills within two seconds are two wills', (t) => {
  const stream = start({}).kill('publisher').hop('subscriber', GONE).wait(900);
  stream.connect('publisher', { will: WILL, clientId: 'b' }).kill('publisher').hop('subscriber', GONE);
  t.is(about(narrated(stream), 'last will on status at once').length, 2);
  t.deepEqual(contradictions(stream, LATE), []);
});

test('a second copy of a will by overlapping subscriptions is not the will of a client that is connected', (t) => {
  const stream = start({}, { will: WILL }).subscribe('subscriber', '#', 1, 1, 2).kill('publisher');
  stream.hop('subscriber', GONE).hop('subscriber', { ...GONE, id: 8 });
  t.is(about(narrated(stream), 'last will on status at once').length, 1);
  t.deepEqual(contradictions(stream, LATE), []);
});

import test from 'ava';
import { bytesText, flagsOf, latencyText, msText, shown, timeOf } from '../../../../live/page/text.ts';
import { packet } from './_events.ts';

const flags = (...args: Parameters<typeof packet>) => flagsOf(packet(...args).packet);

test('a packet shows its id, QoS, DUP and retain where it has them', (t) => {
  const message = { qos: 2, packetId: 3, dup: true, retain: true };
  t.is(flags('publisher', 'PUBLISH', message), '#3 QoS 2 DUP retain');
  t.is(flags('publisher', 'PUBLISH', { qos: 0, dup: false, retain: false }), 'QoS 0');
  t.is(flags('publisher', 'PUBREC', { packetId: 3 }), '#3');
  const filters = [
    { filter: 'a', qos: 0 },
    { filter: 'b', qos: 2 },
  ];
  t.is(flags('subscriber', 'SUBSCRIBE', { packetId: 1, filters }), '#1 QoS 0, 2');
  const connect = { clientId: 'sam', clean: true, keepAlive: 25, hasPassword: true };
  t.is(flags('publisher', 'CONNECT', { connect }), 'keep alive 25 s');
});

test('makes characters visible that hide or turn text', (t) => {
  t.is(shown('a\u202eb\u0000c\u200f'), 'a\\u202eb\\u0000c\\u200f');
  t.is(shown('two\nlines, grüße 🚀 <b>'), 'two\nlines, grüße 🚀 <b>');
});

test('times have milliseconds, and figures their unit', (t) => {
  t.regex(timeOf(1_800_000_000_123).join(''), /^\d\d:\d\d:\d\d\.123$/);
  t.is(bytesText(1_234_567), '1\u202f234\u202f567 B');
  t.is(msText(1.26), '1.3 ms');
  t.is(msText(41.6), '42 ms');
});

test('a latency has its error where there is one, rounded up', (t) => {
  t.is(latencyText({ ms: 12.2, errorMs: 1.42 }), '12 ms ± 1.5');
  t.is(latencyText({ ms: 0.84, errorMs: 0.02 }), '0.8 ms ± 0.1');
  t.is(latencyText({ ms: 12, errorMs: 0 }), '12 ms');
});

import test from 'ava';
import { may, writes } from '../../../../lab-file/may.ts';
import { eventSchema } from '../../../../live/protocol.ts';
import { contradictions, narrated, Stream, type Words } from '../_stream.ts';
import { LAB, wholeSession } from '../checkpoint/_transcript.ts';

const texts = (words: readonly Words[]) => words.map(({ text }) => text);
const find = (words: readonly Words[], part: string) => words.find(({ text }) => text.includes(part));
const RIGHTS = {
  mayPublish: (user: string, topic: string, clientId: string) => writes(LAB, user, topic, clientId),
  mayReceive: (user: string, topic: string, clientId: string) => may(LAB, user, 'subscribe', topic, clientId),
};

test('a whole session of the checkpoint contradicts nothing, and its words are valid events', (t) => {
  const stream = wholeSession();
  t.deepEqual(contradictions(stream, { rights: RIGHTS, afterMs: 60_000 }), []);
  for (const words of narrated(stream, { rights: RIGHTS })) {
    t.notThrows(() => eventSchema.parse({ ...words, seq: 1, at: 1 }));
    t.true(words.seqs.length > 0 && words.seqs.every((seq) => seq <= stream.events.length));
    t.false(/undefined|NaN|Infinity/.test(words.text), words.text);
  }
});

test('no events, no words', (t) => {
  t.deepEqual(narrated(new Stream(), { afterMs: 60_000 }), []);
});

test('a connection: new session, old session, refusal', (t) => {
  const words = (...[options]: Parameters<Stream['connect']> extends [unknown, ...infer R] ? R : never) =>
    narrated(new Stream().connect('publisher', options))[0];
  t.is(words({})?.statement, 'MQTT-3.2.2-1');
  t.is(words({ clean: false })?.statement, 'MQTT-3.2.2-3');
  t.is(words({ clean: false, isPresent: true, version: 5 })?.statement, 'MQTT-3.2.2-3');
  t.is(words({ clean: false, isPresent: true })?.statement, 'MQTT-3.2.2-2');
  t.is(words({ code: 5 })?.text, 'The broker refused sam: code 5 (not authorised). It then closes the connection.');
  t.is(words({ code: 0x87, version: 5 })?.statement, 'MQTT-3.2.2-7');
  t.true(words({ clean: true, isPresent: true })?.isContradiction);
});

test('a subscription: granted, lower, refused, without a right', (t) => {
  const asked = (granted: number, rights = { mayPublish: () => true, mayReceive: () => true }) =>
    narrated(new Stream().connect('subscriber').subscribe('subscriber', 'status', 2, granted), { rights })[1];
  t.is(asked(2)?.text, 'alice subscribed to status; the broker granted QoS 2.');
  t.is(asked(1)?.statement, 'MQTT-3.8.4-6');
  t.true(asked(0x80)?.isContradiction);
  const barred = { mayPublish: () => true, mayReceive: () => false };
  t.false(asked(0x80, barred)?.isContradiction);
  t.true(asked(0, barred)?.text.includes('nothing will come'));
  t.is(asked(0x87)?.isContradiction, true);
});

test('a publisher without a right: says so after the acknowledgement, once nothing has come', (t) => {
  const rights = { mayPublish: (user: string) => user !== 'sam', mayReceive: () => true };
  const start = () => new Stream().connect('subscriber').subscribe('subscriber', 'status', 1).connect('publisher');
  const stream = start().hop('publisher', { qos: 1 });
  t.is(find(narrated(stream, { rights, afterMs: 500 }), 'dropped it'), undefined);
  const dropped = find(
    narrated(stream, { rights, afterMs: 2_000 }),
    'The broker acknowledged this message and dropped it',
  );
  t.is(dropped?.statement, 'MQTT-3.3.5-2');
  t.deepEqual(contradictions(stream, { rights, afterMs: 30_000 }), []);
  const half = start();
  half.publish('publisher', 'sent', { qos: 1 });
  t.is(find(narrated(half, { rights, afterMs: 5_000 }), 'dropped'), undefined);
  t.truthy(find(narrated(start().hop('publisher'), { rights, afterMs: 2_000 }), 'without a word'));
});

test('MQTT 5: says at once that a PUBLISH is refused; a contradiction where lab.yaml allows it', (t) => {
  const stream = new Stream().connect('publisher', { version: 5 });
  stream.publish('publisher', 'sent', { qos: 1 });
  stream.answer('publisher', 'received', 'puback', 7, 0x87);
  const rights = { mayPublish: () => false, mayReceive: () => true };
  t.truthy(find(narrated(stream, { rights }), 'code 0x87 (not authorised). lab.yaml gives sam no right'));
  t.deepEqual(contradictions(stream, { rights }), []);
  t.is(contradictions(stream).length, 1);
});

test('a message that nobody has subscribed to', (t) => {
  const three = new Stream().connect('subscriber').connect('publisher').hop('publisher', { qos: 1 });
  t.truthy(find(narrated(three, { afterMs: 2_000 }), 'alice has no subscription to status'));
  const five = new Stream().connect('publisher', { version: 5 });
  five.publish('publisher', 'sent', { qos: 1 });
  five.answer('publisher', 'received', 'puback', 7, 16);
  t.truthy(find(narrated(five), 'code 16: nobody has subscribed'));
});

test('an acknowledged message that does not come is a contradiction, where nothing excuses it', (t) => {
  const start = (qos: 0 | 1) =>
    new Stream().connect('subscriber').subscribe('subscriber', 'status', qos).connect('publisher');
  const lost = start(1).hop('publisher', { qos: 1 });
  t.deepEqual(contradictions(lost, { afterMs: 5_000 }), []);
  t.deepEqual(
    contradictions(lost, { afterMs: 15_000 }).map(({ statement }) => statement),
    ['MQTT-4.5.0-1'],
  );
  t.deepEqual(contradictions(start(0).hop('publisher', { qos: 1 }), { afterMs: 15_000 }), []);
  t.deepEqual(contradictions(start(1).hop('publisher', { qos: 0 }), { afterMs: 15_000 }), []);
  const cut = start(1).hop('publisher', { qos: 1 });
  cut.tcp('subscriber', 'silent');
  t.deepEqual(contradictions(cut, { afterMs: 15_000 }), []);
});

test('retained messages: stored, cleared, sent to a new subscriber', (t) => {
  const stream = new Stream().connect('publisher').hop('publisher', { retain: true });
  stream.hop('publisher', { retain: true, payload: '' });
  stream.connect('subscriber').subscribe('subscriber').hop('subscriber', { retain: true });
  const words = narrated(stream);
  t.is(find(words, 'stores the message')?.statement, 'MQTT-3.3.1-5');
  t.is(find(words, 'clears')?.statement, 'MQTT-3.3.1-10');
  t.is(find(words, 'RETAIN marks it as old')?.statement, 'MQTT-3.3.1-6');
  t.deepEqual(contradictions(stream, { afterMs: 20_000 }), []);
});

test('RETAIN without a SUBSCRIBE is a contradiction over MQTT 3.1.1', (t) => {
  const stream = new Stream().connect('subscriber').hop('subscriber', { retain: true });
  t.true(contradictions(stream).some(({ statement }) => statement === 'MQTT-3.3.1-9'));
});

test('DUP: a repetition, and none at QoS 0', (t) => {
  const persistent = { clean: false, clientId: 'one' };
  const stream = new Stream().connect('subscriber', persistent).subscribe('subscriber', 'status', 1);
  stream.publish('subscriber', 'received', { qos: 1 });
  stream.tcp('subscriber', 'RST', 'client');
  stream.connect('subscriber', { ...persistent, isPresent: true });
  stream.publish('subscriber', 'received', { qos: 1, dup: true });
  stream.answer('subscriber', 'sent', 'puback');
  const again = find(narrated(stream), 'again and set DUP');
  t.is(again?.statement, 'MQTT-3.3.1-1');
  t.is(again?.seqs.length, 2);
  t.deepEqual(contradictions(stream), []);
});

test('speaks once of pings while the client is idle', (t) => {
  const stream = new Stream().connect('subscriber', { keepAlive: 5 });
  for (let round = 0; round < 5; round += 1) stream.wait(5_000).ping('subscriber');
  const pings = narrated(stream).filter(({ text }) => text.includes('PINGREQ'));
  t.deepEqual(texts(pings), [
    'alice sent nothing for 5.0 s, then PINGREQ; the keep alive is 5 s. The broker answered with PINGRESP after 1 ms.',
  ]);
  t.is(pings[0]?.statement, 'MQTT-3.1.2-23');
  const half = new Stream().connect('subscriber', { keepAlive: 5 }).wait(5_000);
  half.packet('subscriber', 'sent', { cmd: 'pingreq' });
  t.is(find(narrated(half), 'PINGREQ'), undefined);
});

test('the cable is plugged in: goes on, or RST', (t) => {
  const start = () => {
    const stream = new Stream().connect('subscriber').subscribe('subscriber').wait(100);
    stream.tcp('subscriber', 'silent');
    stream.wait(2_000).tcp('subscriber', 'through');
    return stream;
  };
  const on = start();
  on.ping('subscriber');
  on.tcp('subscriber', 'retransmission', 'client', 2);
  t.truthy(find(narrated(on, { afterMs: 2_000 }), 'TCP sent 2 bytes again, and the connection of alice goes on'));
  const over = start();
  over.tcp('subscriber', 'RST', 'broker');
  const words = narrated(over, { afterMs: 5_000 });
  t.truthy(find(words, 'answers with RST'));
  t.is(find(words, 'goes on'), undefined);
  t.is(find(narrated(start(), { afterMs: 5_000 }), 'goes on'), undefined);
});

test('a takeover ends the older connection, or it is a contradiction', (t) => {
  for (const [version, statement] of [
    [4, 'MQTT-3.1.4-2'],
    [5, 'MQTT-3.1.4-3'],
  ] as const) {
    const start = () =>
      new Stream()
        .connect('subscriber', { clientId: 'one', version })
        .connect('publisher', { clientId: 'one', version });
    const stream = start();
    stream.tcp('subscriber', 'FIN', 'broker');
    t.is(find(narrated(stream), 'so the broker ended the older one')?.statement, statement);
    t.deepEqual(contradictions(stream, { afterMs: 20_000 }), []);
    t.deepEqual(
      contradictions(start(), { afterMs: 20_000 }).map((one) => one.statement),
      [statement],
    );
  }
});

test('messages for a subscriber that is away: kept at QoS 1, lost at QoS 0', (t) => {
  const persistent = { clean: false, clientId: 'one' };
  const stream = new Stream()
    .connect('subscriber', persistent)
    .subscribe('subscriber', 'status', 1)
    .disconnect('subscriber');
  stream
    .connect('publisher')
    .hop('publisher', { qos: 1, payload: 'kept' })
    .hop('publisher', { payload: 'lost' })
    .wait(3_000);
  stream.connect('subscriber', { ...persistent, isPresent: true }).hop('subscriber', { qos: 1, payload: 'kept' });
  const words = narrated(stream, { afterMs: 5_000 });
  t.is(find(words, 'the broker keeps sam')?.statement, 'MQTT-3.1.2-5');
  t.truthy(find(words, 'The broker had kept this message on status for alice: sam published it 3.0 s before'));
  t.truthy(
    find(words, 'One message for alice was published while alice was away and did not come: the broker keeps only'),
  );
  t.deepEqual(contradictions(stream, { afterMs: 30_000 }), []);
});

test('acknowledgements of nothing and packet id 0', (t) => {
  const start = () => new Stream().connect('publisher');
  for (const [cmd, statement] of [
    ['puback', 'MQTT-2.3.1-6'],
    ['pubrec', 'MQTT-2.3.1-6'],
    ['pubcomp', 'MQTT-4.3.3-2'],
  ] as const) {
    const stream = start();
    stream.answer('publisher', 'received', cmd, 9);
    t.deepEqual(
      contradictions(stream).map((words) => words.statement),
      [statement],
      cmd,
    );
  }
  const twice = start().hop('publisher', { qos: 1 });
  twice.answer('publisher', 'received', 'puback');
  t.is(contradictions(twice).length, 1);
  const pong = start();
  pong.packet('publisher', 'received', { cmd: 'pingresp' });
  t.is(contradictions(pong).length, 1);
  const zero = new Stream().connect('subscriber').subscribe('subscriber', 'status', 1);
  const event = zero.publish('subscriber', 'received', { qos: 1 });
  if (event.is === 'packet') event.packet.packetId = 0;
  t.deepEqual(
    contradictions(zero).map(({ statement }) => statement),
    ['MQTT-2.3.1-1'],
  );
});

test('a session from before the live view excuses what it brings', (t) => {
  const stream = new Stream().connect('subscriber', { clean: false, isPresent: true });
  stream.publish('subscriber', 'received', { qos: 2 });
  stream.answer('subscriber', 'sent', 'pubrec');
  stream.answer('subscriber', 'received', 'pubrel', 4);
  stream.answer('subscriber', 'sent', 'pubcomp', 4);
  t.deepEqual(contradictions(stream), []);
});

import test from 'ava';
import {
  debugSentence,
  exchangeSentence,
  hopsOf,
  passedOnSentence,
} from '../../../../../report/page/judge/sequence.ts';
import { type Level, packetsOf } from '../_results.ts';

const hops = (qos: Level) => hopsOf(packetsOf(qos, qos));
const without = (type: string) =>
  hopsOf(packetsOf(2, 2).filter((packet) => !(packet.who === 'alice' && packet.type === type)));

test('the packets of a record are told apart by end, also where one user has both', (t) => {
  const packets = packetsOf(2, 1).map((packet) => ({ ...packet, who: 'sam' }));
  const { publisher, subscriber } = hopsOf(packets);
  t.deepEqual(
    publisher.map(({ type }) => type),
    ['PUBLISH', 'PUBREC', 'PUBREL', 'PUBCOMP'],
  );
  t.deepEqual(
    subscriber.map(({ type }) => type),
    ['PUBLISH', 'PUBACK'],
  );
  t.deepEqual(hopsOf([]), { publisher: [], subscriber: [] });
});

for (const [qos, seen, says, text] of [
  [0, hops(0), 'so', /at most once: one packet on each hop \(PUBLISH\)/],
  [1, hops(1), 'so', /at least once: 2 packets/],
  [2, hops(2), 'so', /exactly once: 4 packets/],
  [2, without('PUBCOMP'), 'not so', /the subscriber PUBLISH, PUBREC, PUBREL\./],
  [1, hopsOf([]), 'not so', /the publisher saw nothing, the subscriber nothing/],
] as const) {
  test(`QoS ${qos}: ${says}: ${text}`, (t) => {
    const sentence = exchangeSentence(qos, seen);
    t.is(sentence.says, says);
    t.regex(sentence.text, text);
  });
}

const same = { kind: 'same' } as const;
const vague = { kind: 'exchanged', uncertaintyUs: 3_000, exchanges: 9 } as const;
const early = hopsOf(
  packetsOf(2, 2).map((packet) => (packet.who === 'alice' ? { ...packet, at: packet.at - 4 } : packet)),
);

for (const [name, seen, clock, says, text] of [
  ['after the PUBREL', hops(2), same, 'so', /2\.500 ms after the publisher’s PUBREL: this broker keeps/],
  ['before the PUBREL', early, same, 'so', /1\.500 ms before the publisher’s PUBREL: this broker passes/],
  ['within the uncertainty', early, vague, 'open', /within the uncertainty/],
] as const) {
  test(`a message of QoS 2 is passed on: ${name}`, (t) => {
    const sentence = passedOnSentence(seen, clock);
    t.is(sentence?.says, says);
    t.regex(sentence?.text ?? '', text);
  });
}

test('below QoS 2 nothing is said of a PUBREL', (t) => {
  t.is(passedOnSentence(hops(1), same), undefined);
});

for (const [lines, says] of [
  [
    ['Client a received SUBACK', 'Client a received PUBLISH (d0, q1, r0, m1)', 'Client a sending PUBACK (m1, rc0)'],
    'so',
  ],
  [['Client a received PUBLISH (d0, q1, r0, m1)'], 'not so'],
  [[], 'not so'],
] as const) {
  test(`debug mode that printed ${lines.length} lines is compared with the wire: ${says}`, (t) => {
    t.is(debugSentence({ host: 'pi', command: 'mosquitto_sub -d', lines: [...lines] }, hops(1)).says, says);
  });
}

import test from 'ava';
import {
  debugConclusion,
  exchangeConclusion,
  hopsOf,
  passedOnConclusion,
} from '../../../../../report/page/analysis/sequence.ts';
import { type Level, packetsOf } from '../_results.ts';

const hops = (qos: Level) => hopsOf(packetsOf(qos, qos));
const without = (type: string) =>
  hopsOf(packetsOf(2, 2).filter((packet) => !(packet.who === 'alice' && packet.type === type)));

test('splits the packets of a record by end, even where one user has both', (t) => {
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

for (const [qos, seen, outcome, text] of [
  [0, hops(0), 'confirmed', /at most once: one packet on each hop \(PUBLISH\)/],
  [1, hops(1), 'confirmed', /at least once: 2 packets/],
  [2, hops(2), 'confirmed', /exactly once: 4 packets/],
  [2, without('PUBCOMP'), 'contradicted', /the subscriber PUBLISH, PUBREC, PUBREL\./],
  [1, hopsOf([]), 'contradicted', /the publisher saw nothing, the subscriber nothing/],
] as const) {
  test(`concludes about QoS ${qos}: ${outcome}: ${text}`, (t) => {
    const conclusion = exchangeConclusion(qos, seen);
    t.is(conclusion.outcome, outcome);
    t.regex(conclusion.text, text);
  });
}

const same = { kind: 'same' } as const;
const vague = { kind: 'exchanged', uncertaintyUs: 3_000, exchanges: 9 } as const;
const early = hopsOf(
  packetsOf(2, 2).map((packet) => (packet.who === 'alice' ? { ...packet, at: packet.at - 4 } : packet)),
);

for (const [name, seen, clock, outcome, text] of [
  ['after the PUBREL', hops(2), same, 'confirmed', /2\.500 ms after the publisher’s PUBREL: this broker keeps/],
  ['before the PUBREL', early, same, 'confirmed', /1\.500 ms before the publisher’s PUBREL: this broker passes/],
  ['within the uncertainty', early, vague, 'inconclusive', /too uncertain/],
] as const) {
  test(`says when the broker passed a message of QoS 2 on: ${name}`, (t) => {
    const conclusion = passedOnConclusion(seen, clock);
    t.is(conclusion?.outcome, outcome);
    t.regex(conclusion?.text ?? '', text);
  });
}

test('says nothing about a PUBREL below QoS 2', (t) => {
  t.is(passedOnConclusion(hops(1), same), undefined);
});

for (const [lines, outcome] of [
  [
    ['Client a received SUBACK', 'Client a received PUBLISH (d0, q1, r0, m1)', 'Client a sending PUBACK (m1, rc0)'],
    'confirmed',
  ],
  [['Client a received PUBLISH (d0, q1, r0, m1)'], 'contradicted'],
  [[], 'contradicted'],
] as const) {
  test(`compares ${lines.length} lines of the debug mode with the wire: ${outcome}`, (t) => {
    t.is(debugConclusion({ host: 'pi', command: 'mosquitto_sub -d', lines: [...lines] }, hops(1)).outcome, outcome);
  });
}

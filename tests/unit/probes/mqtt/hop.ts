import test from 'ava';
import { deliveryOf, hop } from '../../../../probes/mqtt/hop.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { QoS } from '../../../../probes/mqtt/session.ts';

const FIVE = { topic: 'status', payloadBytes: 5 };
const LEVELS: readonly QoS[] = [0, 1, 2];

/** Bytes end to end for 5 bytes on `status`: a row for each QoS of the publisher, a column for each of the subscriber (3.1.1). */
const END_TO_END = {
  0: { 0: 30, 1: 30, 2: 30 },
  1: { 0: 36, 1: 42, 2: 42 },
  2: { 0: 44, 1: 50, 2: 58 },
};

for (const published of LEVELS) {
  for (const granted of LEVELS) {
    test(`counts the packets of QoS ${published} to a subscription of QoS ${granted}`, (t) => {
      const delivered = published < granted ? published : granted;
      const all = [...hop('publisher', { ...FIVE, qos: published }), ...hop('subscriber', { ...FIVE, qos: delivered })];
      const total = all.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
      t.is(total, END_TO_END[published][granted]);
    });
  }
}

const LENGTHS = [
  [119, 129],
  [120, 131],
  [16_375, 16_386],
  [16_376, 16_388],
] as const;

for (const [payload, bytes] of LENGTHS) {
  test(`computes a PUBLISH of ${bytes} bytes for a payload of ${payload}`, (t) => {
    t.is(hop('publisher', { qos: 0, topic: 'status', payloadBytes: payload })[0]?.bytes, bytes);
  });
}

test('adds a byte to a PUBLISH without properties over MQTT 5', (t) => {
  const sizes = LEVELS.map((qos) => hop('publisher', { ...FIVE, qos, version: 5 }).map(({ bytes }) => bytes));
  t.deepEqual(sizes, [[16], [18, 4], [18, 4, 4, 4]]);
});

test('ends a delivery where its packet id is used again', (t) => {
  const at = { at: 0, packetId: 1 };
  const publish: Packet = { ...at, direction: 'received', type: 'PUBLISH', qos: 1 };
  const resent: Packet = { ...publish, dup: true };
  const answer: Packet = { ...at, direction: 'sent', type: 'PUBACK' };
  const next: Packet = { ...publish, at: 1 };
  t.deepEqual(deliveryOf(publish, [publish, resent, answer, answer, next, answer]), [publish, resent, answer, answer]);
});

test('leaves out packets with the same id in the other direction', (t) => {
  const at = { at: 0, packetId: 1 };
  const received: Packet = { ...at, direction: 'received', type: 'PUBLISH', qos: 2 };
  const own: Packet[] = [
    { ...at, direction: 'sent', type: 'SUBSCRIBE' },
    received,
    { ...at, direction: 'sent', type: 'PUBREC' },
    { ...at, direction: 'sent', type: 'PUBREL' },
    { ...at, direction: 'received', type: 'PUBREL' },
    { ...at, direction: 'sent', type: 'PUBCOMP' },
    { ...at, packetId: 2, direction: 'sent', type: 'PUBREC' },
  ];
  t.deepEqual(
    deliveryOf(received, own).map(({ type }) => type),
    ['PUBLISH', 'PUBREC', 'PUBREL', 'PUBCOMP'],
  );
});

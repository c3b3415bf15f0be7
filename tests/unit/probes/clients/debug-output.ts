import test from 'ava';
import { parseDebugLine, parseMessage } from '../../../../probes/clients/debug-output.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

type Case = readonly [line: string, packet: Omit<Packet, 'at'> | undefined];

/** Lines of mosquitto_sub -d and mosquitto_pub -d 2.0.11 (Debian 12); 2.0.21 (Debian 13) prints the same. */
const CASES: readonly Case[] = [
  ['Client (null) sending CONNECT', { direction: 'sent', type: 'CONNECT' }],
  ['Client me received CONNACK (0)', { direction: 'received', type: 'CONNACK', code: 0 }],
  ['Client (null) received CONNACK (135)', { direction: 'received', type: 'CONNACK', code: 135 }],
  [
    'Client me sending SUBSCRIBE (Mid: 1, Topic: status, QoS: 2, Options: 0x00)',
    { direction: 'sent', type: 'SUBSCRIBE', packetId: 1, filters: [{ filter: 'status', qos: 2 }] },
  ],
  ['Client me received SUBACK', undefined],
  ['Subscribed (mid: 1): 2', { direction: 'received', type: 'SUBACK', packetId: 1, codes: [2] }],
  ['Subscribed (mid: 7): 0, 128', { direction: 'received', type: 'SUBACK', packetId: 7, codes: [0, 128] }],
  [
    "Client me received PUBLISH (d0, q0, r1, m0, 'status', ... (4 bytes))",
    { direction: 'received', type: 'PUBLISH', dup: false, qos: 0, retain: true, topic: 'status', payloadBytes: 4 },
  ],
  [
    "Client (null) sending PUBLISH (d0, q0, r0, m1, 'status', ... (4 bytes))",
    { direction: 'sent', type: 'PUBLISH', dup: false, qos: 0, retain: false, topic: 'status', payloadBytes: 4 },
  ],
  [
    "Client a client received PUBLISH (d1, q2, r0, m2, 'a (b)', 'c'', ... (268 bytes))",
    {
      direction: 'received',
      type: 'PUBLISH',
      dup: true,
      qos: 2,
      retain: false,
      topic: "a (b)', 'c'",
      payloadBytes: 268,
      packetId: 2,
    },
  ],
  ['Client me sending PUBACK (m1, rc0)', { direction: 'sent', type: 'PUBACK', packetId: 1, code: 0 }],
  ['Client (null) received PUBACK (Mid: 1, RC:135)', { direction: 'received', type: 'PUBACK', packetId: 1, code: 135 }],
  ['Client me sending PUBREC (m2, rc0)', { direction: 'sent', type: 'PUBREC', packetId: 2, code: 0 }],
  ['Client (null) received PUBREC (Mid: 1)', { direction: 'received', type: 'PUBREC', packetId: 1 }],
  ['Client (null) sending PUBREL (m1)', { direction: 'sent', type: 'PUBREL', packetId: 1 }],
  ['Client me received PUBREL (Mid: 2)', { direction: 'received', type: 'PUBREL', packetId: 2 }],
  ['Client me sending PUBCOMP (m2)', { direction: 'sent', type: 'PUBCOMP', packetId: 2 }],
  ['Client (null) received PUBCOMP (Mid: 1, RC:0)', { direction: 'received', type: 'PUBCOMP', packetId: 1, code: 0 }],
  ['Client me sending PINGREQ', { direction: 'sent', type: 'PINGREQ' }],
  ['Client me received PINGRESP', { direction: 'received', type: 'PINGRESP' }],
  ['Client me sending DISCONNECT', { direction: 'sent', type: 'DISCONNECT' }],
  ['Connection error: Connection Refused: not authorised.', undefined],
  ['hello', undefined],
];

for (const [line, packet] of CASES) {
  test(line, (t) => {
    t.deepEqual(parseDebugLine(line, 5), packet === undefined ? undefined : { ...packet, at: 5 });
  });
}

const MESSAGES = [
  ['MESSAGE 2 1 0 610a00ff status', { packetId: 2, qos: 1, retain: false, hex: '610a00ff', topic: 'status' }],
  ['MESSAGE 0 0 1  a topic', { packetId: 0, qos: 0, retain: true, hex: '', topic: 'a topic' }],
] as const;

for (const [line, { hex, ...wanted }] of MESSAGES) {
  test(line, (t) => {
    t.deepEqual(parseMessage(line), { ...wanted, payload: Buffer.from(hex, 'hex') });
  });
}

test('ignores other lines', (t) => {
  t.is(parseMessage('Client me received PINGRESP'), undefined);
});

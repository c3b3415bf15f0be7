import test from 'ava';
import { parsePahoLog } from '../../../../probes/clients/paho-log.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

const message = { type: 'PUBLISH', dup: false, retain: false } as const;

/** [line that paho-mqtt 1.6.1 and 2.1.0 log; the packet] */
const rows: readonly (readonly [text: string, packet: Omit<Packet, 'at'> | undefined])[] = [
  ["Sending CONNECT (u1, p1, wr0, wq0, wf0, c1, k5) client_id=b'lab-1'", { direction: 'sent', type: 'CONNECT' }],
  ['Received CONNACK (0, 0)', { direction: 'received', type: 'CONNACK' }],
  ["Sending SUBSCRIBE (d0, m1) [(b'test', 1)]", { direction: 'sent', type: 'SUBSCRIBE' }],
  [
    "Received PUBLISH (d0, q1, r0, m3), 'test', ...  (7 bytes)",
    { ...message, direction: 'received', qos: 1, packetId: 3, payloadBytes: 7 },
  ],
  [
    "Sending PUBLISH (d0, q0, r0, m2), 'b'(q1)'', ... (4 bytes)",
    { ...message, direction: 'sent', qos: 0, payloadBytes: 4 },
  ],
  ['Sending PUBACK (Mid: 3)', { direction: 'sent', type: 'PUBACK', packetId: 3 }],
  ['Received PUBACK (Mid: 3)', { direction: 'received', type: 'PUBACK', packetId: 3 }],
  ['Sending PINGREQ', { direction: 'sent', type: 'PINGREQ' }],
  ['Received PINGRESP', { direction: 'received', type: 'PINGRESP' }],
  ['Connection failed, retrying', undefined],
];

for (const [text, packet] of rows) {
  test(`parses the log line ${text}`, (t) => {
    t.deepEqual(parsePahoLog(text, 5), packet === undefined ? undefined : { ...packet, at: 5 });
  });
}

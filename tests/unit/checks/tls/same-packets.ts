import test from 'ava';
import { packetDifference } from '../../../../checks/tls/same-packets.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

const connect = { version: 4, clientId: 'lab-1', clean: true, keepAlive: 60, user: 'sam', hasPassword: true };
const CONNECT: Packet = { direction: 'sent', type: 'CONNECT', at: 1, bytes: 40, connect };
const PUBLISH: Packet = {
  ...{ direction: 'sent', type: 'PUBLISH', at: 2, bytes: 20, packetId: 1, qos: 2, dup: false, retain: false },
  ...{ topic: 'a', payload: Buffer.from('one'), payloadBytes: 3 },
};
const PUBREC: Packet = { direction: 'received', type: 'PUBREC', at: 3, bytes: 4, packetId: 1, code: 0 };
const EXCHANGE = [CONNECT, PUBLISH, PUBREC];

test('time, packet ids, client ids and the content of payloads may differ', (t) => {
  const other: Packet[] = [
    { ...CONNECT, at: 11, connect: { ...connect, clientId: 'lab-2' } },
    { ...PUBLISH, at: 12, packetId: 9, payload: Buffer.from('two') },
    { ...PUBREC, at: 13, packetId: 9 },
  ];
  t.is(packetDifference(other, EXCHANGE), undefined);
});

/** [what differs; the packets; how the difference is described] */
const DIFFERENT: readonly (readonly [what: string, packets: readonly Packet[], text: RegExp])[] = [
  ['bytes', [CONNECT, { ...PUBLISH, bytes: 21 }, PUBREC], /→ PUBLISH has bytes 21, not 20/],
  ['a flag', [CONNECT, { ...PUBLISH, dup: true }, PUBREC], /dup true, not false/],
  ['a type', [CONNECT, PUBLISH, { ...PUBREC, type: 'PUBACK' }], /type "PUBACK", not "PUBREC"/],
  [
    'a field of CONNECT',
    [{ ...CONNECT, connect: { ...connect, clean: false } }, PUBLISH, PUBREC],
    /CONNECT has connect/,
  ],
  ['a property', [CONNECT, PUBLISH, { ...PUBREC, properties: ['x 1'] }], /properties \["x 1"\], not nothing/],
  ['one packet more', [...EXCHANGE, PUBREC], /← PUBREC is one packet more/],
  ['one packet less', [CONNECT, PUBLISH], /← PUBREC is missing/],
];

for (const [what, packets, text] of DIFFERENT) {
  test(`tells ${what} apart`, (t) => {
    t.regex(packetDifference(packets, EXCHANGE) ?? '', text);
  });
}

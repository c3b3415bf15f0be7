import test from 'ava';
import type { Packet as Wire } from 'mqtt-packet';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import { acknowledgement, packetBytes } from '../../../../probes/mqtt/raw-packet.ts';
import { type Answer, accept, bytes } from '../../_fake-broker.ts';
import { accepted } from './_raw-session.ts';

const shown = (packets: readonly Packet[]) =>
  packets.map(({ direction, type, packetId }) => `${direction} ${type}${packetId === undefined ? '' : ` ${packetId}`}`);

/** Accepts, and acknowledges publications. */
const acknowledging: Answer = (packet, socket) => {
  accept(packet, socket);
  if (packet.cmd === 'publish' && packet.qos === 1) socket.write(withId('40 02', packet.messageId));
  if (packet.cmd === 'publish' && packet.qos === 2) socket.write(withId('50 02', packet.messageId));
  if (packet.cmd === 'pubrel') socket.write(withId('70 02', packet.messageId));
};

function withId(head: string, id = 0): Buffer {
  return Buffer.concat([bytes(head), Buffer.from([id >> 8, id & 0xff])]);
}

test('completes the exchange of a publication’s QoS', async (t) => {
  const session = await accepted(t, acknowledging);
  t.deepEqual(await session.publish('status', Buffer.from('x')), { kind: 'sent' });
  t.deepEqual(await session.publish('status', Buffer.from('x'), { qos: 1 }), { kind: 'acknowledged', code: 0 });
  t.deepEqual(await session.publish('status', Buffer.from('x'), { qos: 2 }), { kind: 'acknowledged', code: 0 });
  t.deepEqual(shown(session.packets.slice(2)), [
    'sent PUBLISH',
    'sent PUBLISH 1',
    'received PUBACK 1',
    'sent PUBLISH 2',
    'received PUBREC 2',
    'sent PUBREL 2',
    'received PUBCOMP 2',
  ]);
  await session.disconnect();
});

test('returns the outcome when the broker closes the connection after a publication', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'publish') socket.end();
  });
  t.like(await session.publish('status', Buffer.from('x'), { qos: 1 }), { kind: 'closed' });
});

test('ends the exchange without a PUBREL after an MQTT 5 PUBREC with an error', async (t) => {
  const session = await accepted(
    t,
    (packet, socket) => {
      if (packet.cmd === 'connect') socket.write(bytes('20 03 00 00 00'));
      if (packet.cmd === 'publish') socket.write(bytes('50 03 00 01 87'));
      if (packet.cmd === 'pingreq') socket.write(bytes('d0 00'));
    },
    { version: 5 },
  );
  t.deepEqual(await session.publish('status', Buffer.from('x'), { qos: 2 }), { kind: 'acknowledged', code: 0x87 });
  await session.barrier();
  t.false(session.packets.some(({ type }) => type === 'PUBREL'));
  session.destroy();
});

/** Sends a message before each PINGRESP, and completes the exchange. */
const delivering =
  (publish: string): Answer =>
  (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'pingreq') socket.write(Buffer.concat([bytes(publish), bytes('d0 00')]));
    if (packet.cmd === 'pubrec') socket.write(withId('62 02', packet.messageId));
  };
const QOS_1 = '32 05 00 01 61 00 09';
const QOS_2 = '34 05 00 01 61 00 09';

const ACKNOWLEDGED: readonly (readonly [publish: string, last: Packet['type'], packets: readonly string[]])[] = [
  [QOS_1, 'PUBACK', ['received PUBLISH 9', 'received PINGRESP', 'sent PUBACK 9']],
  [
    QOS_2,
    'PUBCOMP',
    ['received PUBLISH 9', 'received PINGRESP', 'sent PUBREC 9', 'received PUBREL 9', 'sent PUBCOMP 9'],
  ],
];

for (const [publish, last, packets] of ACKNOWLEDGED) {
  test(`acknowledges a message, up to ${last}`, async (t) => {
    const session = await accepted(t, delivering(publish));
    await session.barrier();
    await session.packet(({ type }) => type === last, last);
    t.deepEqual(shown(session.packets.slice(3)), packets);
    await session.disconnect();
  });
}

const WITHHELD: readonly (readonly [publish: string, of: Packet['type'], sent: readonly string[]])[] = [
  [QOS_1, 'PUBLISH', []],
  [QOS_2, 'PUBLISH', []],
  [QOS_2, 'PUBREL', ['sent PUBREC 9', 'sent PUBREC 9']],
];

for (const [publish, of, sent] of WITHHELD) {
  test(`withholds the answer to a ${of} of ${publish}`, async (t) => {
    const session = await accepted(t, delivering(publish), { acknowledges: ({ type }) => type !== of });
    await session.barrier();
    await session.packet(({ type }) => type === of, of);
    await session.barrier();
    t.deepEqual(
      shown(session.packets).filter((packet) => /^sent PUB/.test(packet)),
      sent,
    );
    session.destroy();
  });
}

test('writes the shortest acknowledgements and DISCONNECT over MQTT 5', (t) => {
  const hex = (packet: Wire) => packetBytes(packet, 5).toString('hex');
  const publish: Packet = { direction: 'received', type: 'PUBLISH', at: 0, qos: 1, packetId: 7 };
  const answers = [
    publish,
    { ...publish, qos: 2 },
    { ...publish, type: 'PUBREC' },
    { ...publish, type: 'PUBREL' },
  ] as const;
  t.deepEqual(
    answers.map((packet) => hex(acknowledgement(packet) ?? { cmd: 'pingreq' })),
    ['40020007', '50020007', '62020007', '70020007'],
  );
  t.is(hex({ cmd: 'disconnect' }), 'e000');
  t.is(hex({ cmd: 'disconnect', reasonCode: 4 }), 'e0020400');
});

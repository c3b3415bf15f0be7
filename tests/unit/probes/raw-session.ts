import test, { type ExecutionContext } from 'ava';
import type { Packet as Wire } from 'mqtt-packet';
import type { Packet } from '../../../probes/packet.ts';
import { acknowledgement, packetBytes } from '../../../probes/raw-packet.ts';
import { connectRaw, type RawSession, type RawWish } from '../../../probes/raw-session.ts';
import { type Answer, accept, bytes, fakeBroker } from '../_fake-broker.ts';

const BOUND_MS = 10_000;

async function accepted(t: ExecutionContext, answer: Answer, wish: Partial<RawWish> = {}): Promise<RawSession> {
  const outcome = await connectRaw({ ...(await fakeBroker(t, answer)), boundMs: BOUND_MS, ...wish });
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.session;
}

const shown = (packets: readonly Packet[]) =>
  packets.map(({ direction, type, packetId }) => `${direction} ${type}${packetId === undefined ? '' : ` ${packetId}`}`);

/** Accepts, and acknowledges what is published. */
const acknowledging: Answer = (packet, socket) => {
  accept(packet, socket);
  if (packet.cmd === 'publish' && packet.qos === 1) socket.write(withId('40 02', packet.messageId));
  if (packet.cmd === 'publish' && packet.qos === 2) socket.write(withId('50 02', packet.messageId));
  if (packet.cmd === 'pubrel') socket.write(withId('70 02', packet.messageId));
};

function withId(head: string, id = 0): Buffer {
  return Buffer.concat([bytes(head), Buffer.from([id >> 8, id & 0xff])]);
}

test('accepted, and closed with a DISCONNECT of its own', async (t) => {
  const session = await accepted(t, accept, { clientId: 'c1', login: { user: 'sam', password: 'sampw' } });
  await session.disconnect();
  t.deepEqual(
    session.packets.map(({ type, bytes: size }) => [type, size]),
    [
      ['CONNECT', 28],
      ['CONNACK', 4],
      ['DISCONNECT', 2],
    ],
  );
  t.like(await session.ended, { by: 'client', how: 'FIN' });
});

test('a session that the broker kept is present', async (t) => {
  const at = await fakeBroker(t, ({ cmd }, socket) => {
    if (cmd === 'connect') socket.write(bytes('20 02 01 00'));
  });
  const outcome = await connectRaw({ ...at, clean: false, boundMs: BOUND_MS });
  t.like(outcome, { kind: 'accepted', sessionPresent: true });
  if (outcome.kind === 'accepted') outcome.session.destroy();
});

test('refused tells the code, and that the broker closed', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  t.like(await connectRaw({ ...at, boundMs: BOUND_MS }), {
    kind: 'refused',
    code: 5,
    ended: { by: 'broker', how: 'FIN' },
  });
});

test('a refusal that leaves the connection open is given up after the bound', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.write(bytes('20 02 00 05')));
  await t.throwsAsync(connectRaw({ ...at, boundMs: 1_000 }), {
    message: /no end of the refused connection within 1 s/,
  });
});

test('closed without a word, a port where nobody listens, and a broker that says nothing', async (t) => {
  const silent = await fakeBroker(t, (_, socket) => socket.end());
  t.like(await connectRaw({ ...silent, boundMs: BOUND_MS }), {
    kind: 'closed',
    reason: 'the broker closed the connection',
  });
  const nobody = await connectRaw({ address: '127.0.0.1', port: 1, boundMs: BOUND_MS });
  t.regex(nobody.kind === 'closed' ? nobody.reason : '', /ECONNREFUSED/);
  const mute = await fakeBroker(t, () => undefined);
  await t.throwsAsync(connectRaw({ ...mute, boundMs: 50 }), { message: /no CONNACK: not within 0.05 s/ });
});

test('what is no MQTT is no session, before the CONNACK and after it', async (t) => {
  const web = await fakeBroker(t, (_, socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n${'x'.repeat(100)}`));
  const outcome = await connectRaw({ ...web, boundMs: BOUND_MS });
  t.regex(outcome.kind === 'closed' ? outcome.reason : outcome.kind, /no MQTT on the wire/);
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'pingreq') socket.write(bytes('ff ff ff ff ff'));
  });
  await t.throwsAsync(session.barrier(), { message: /no PINGRESP: no MQTT on the wire/ });
  t.like(await session.ended, { by: 'client' });
});

test('publishing sees the whole exchange of its QoS through', async (t) => {
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

test('a publication that the broker answers by closing is closed, not an exception', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'publish') socket.end();
  });
  t.like(await session.publish('status', Buffer.from('x'), { qos: 1 }), { kind: 'closed' });
});

test('an MQTT 5 PUBREC with an error ends the exchange: no PUBREL', async (t) => {
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

/** Sends a message at each PINGREQ, before its PINGRESP, and goes on with the exchange. */
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
  test(`what is received is acknowledged, up to ${last}`, async (t) => {
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
  test(`the answer to a ${of} of ${publish} is withheld`, async (t) => {
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

const ENDS: readonly (readonly [
  name: string,
  by: 'broker' | 'client',
  how: 'FIN' | 'RST',
  end: Answer | keyof RawSession,
])[] = [
  ['the broker closes', 'broker', 'FIN', ({ cmd }, socket) => void (cmd === 'pingreq' && socket.end())],
  ['the broker resets', 'broker', 'RST', ({ cmd }, socket) => void (cmd === 'pingreq' && socket.resetAndDestroy())],
  ['the client closes', 'client', 'FIN', 'fin'],
  ['the client resets', 'client', 'RST', 'rst'],
];

for (const [name, by, how, end] of ENDS) {
  test(`${name}: ended by ${by}, ${how}`, async (t) => {
    const session = await accepted(t, (packet, socket) => {
      accept(packet, socket);
      if (typeof end === 'function') end(packet, socket);
    });
    if (end === 'fin') await session.fin();
    else if (end === 'rst') await session.rst();
    else await t.throwsAsync(session.barrier());
    t.like(await session.ended, { by, how });
    t.false(session.packets.some(({ type }) => type === 'DISCONNECT'));
    await session.disconnect();
  });
}

test('a barrier behind other packets waits for its own answer, and one on a dead connection fails', async (t) => {
  let published = 0;
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'publish') published += 1;
    if (packet.cmd === 'pingreq') socket.write(bytes('d0 00'));
  });
  await session.barrier();
  for (let count = 0; count < 100; count += 1) await session.publish('status', Buffer.from('x'));
  await session.barrier();
  t.is(published, 100);
  session.destroy();
  await t.throwsAsync(session.barrier(), { message: /no PINGRESP: the connection is closed/ });
});

test('bytes that are no MQTT go out as they are', async (t) => {
  const session = await accepted(t, (_, socket) => {
    // the broker's own parser would not have them
    socket.removeAllListeners('data').once('data', () => socket.end());
    socket.write(bytes('20 02 00 00'));
  });
  session.sendBytes(bytes('00 00'));
  t.like(await session.ended, { by: 'broker', how: 'FIN' });
  await session[Symbol.asyncDispose]();
});

test('over MQTT 5, acknowledgements and DISCONNECT are as short as they may be', (t) => {
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

import test from 'ava';
import { connectRaw, type RawSession } from '../../../../probes/mqtt/raw-session.ts';
import { type Answer, accept, bytes, fakeBroker } from '../../_fake-broker.ts';
import { accepted, BOUND_MS } from './_raw-session.ts';

test('connects, and disconnects with a DISCONNECT', async (t) => {
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

test('reports a session that the broker kept', async (t) => {
  const at = await fakeBroker(t, ({ cmd }, socket) => {
    if (cmd === 'connect') socket.write(bytes('20 02 01 00'));
  });
  const outcome = await connectRaw({ ...at, clean: false, boundMs: BOUND_MS });
  t.like(outcome, { kind: 'accepted', sessionPresent: true });
  if (outcome.kind === 'accepted') outcome.session.destroy();
});

test('reports a refusal with its code and who closed the connection', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  t.like(await connectRaw({ ...at, boundMs: BOUND_MS }), {
    kind: 'refused',
    code: 5,
    ended: { by: 'broker', how: 'FIN' },
  });
});

test('gives up after the bound where a refusal leaves the connection open', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.write(bytes('20 02 00 05')));
  await t.throwsAsync(connectRaw({ ...at, boundMs: 1_000 }), {
    message: /no end of the refused connection within 1 s/,
  });
});

test('reports a closed connection, a closed port and a silent broker', async (t) => {
  const silent = await fakeBroker(t, (_, socket) => socket.end());
  t.like(await connectRaw({ ...silent, boundMs: BOUND_MS }), {
    kind: 'closed',
    reason: 'the broker closed the connection',
  });
  const refused = await connectRaw({ address: '127.0.0.1', port: 1, boundMs: BOUND_MS });
  t.regex(refused.kind === 'closed' ? refused.reason : '', /ECONNREFUSED/);
  const mute = await fakeBroker(t, () => undefined);
  await t.throwsAsync(connectRaw({ ...mute, boundMs: 50 }), { message: /no CONNACK: not within 0.05 s/ });
});

test('reports bytes that are not MQTT, before the CONNACK and after it', async (t) => {
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
  test(`reports an end by ${by}, ${how}: ${name}`, async (t) => {
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

test('waits at a barrier for its own answer, and fails on a dead connection', async (t) => {
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

test('sends bytes that are not MQTT', async (t) => {
  const session = await accepted(t, (_, socket) => {
    // the fake broker's parser would fail on them
    socket.removeAllListeners('data').once('data', () => socket.end());
    socket.write(bytes('20 02 00 00'));
  });
  session.sendBytes(bytes('00 00'));
  t.like(await session.ended, { by: 'broker', how: 'FIN' });
  await session[Symbol.asyncDispose]();
});

test('subscribes to several filters at once, and unsubscribes', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'subscribe') socket.write(bytes('90 04 00 01 01 80'));
    if (packet.cmd === 'unsubscribe') socket.write(bytes('b0 02 00 02'));
  });
  t.deepEqual(await session.subscribeAll(['a', '#'], 1), [1, 0x80]);
  t.deepEqual(await session.unsubscribe('a'), []);
  t.deepEqual(session.packets.find(({ type }) => type === 'UNSUBSCRIBE')?.filters, [{ filter: 'a' }]);
});

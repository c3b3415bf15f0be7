import test, { type ExecutionContext } from 'ava';
import { connectSession, type Session } from '../../../../probes/mqtt/session.ts';
import { type Answer, accept, bytes, fakeBroker } from '../../_fake-broker.ts';

async function accepted(t: ExecutionContext, answer: Answer): Promise<Session> {
  const outcome = await connectSession({ ...(await fakeBroker(t, answer)), boundMs: 10_000 });
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.session;
}

test('connects, and closes with a DISCONNECT', async (t) => {
  const session = await accepted(t, accept);
  await session.close();
  t.deepEqual(
    session.packets.map(({ type, bytes: size }) => [type, size]),
    [
      ['CONNECT', 34],
      ['CONNACK', 4],
      ['DISCONNECT', 2],
    ],
  );
});

test('closes a session on disposal, even when the broker does not', async (t) => {
  const session = await accepted(t, ({ cmd }, socket) => {
    if (cmd === 'connect') socket.write(bytes('20 02 00 00'));
  });
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await t.throwsAsync(
    session.packet(() => false, 'PUBLISH'),
    { message: /no PUBLISH: the connection is closed/ },
  );
});

test('reports a refusal with its code', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'refused', code: 5 });
});

test('reports a closed connection and a closed port', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end());
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'closed' });
  const refused = await connectSession({ address: '127.0.0.1', port: 1, boundMs: 10_000 });
  t.regex(refused.kind === 'closed' ? refused.reason : '', /ECONNREFUSED/);
});

test('gives up a silent broker after the bound', async (t) => {
  const at = await fakeBroker(t, () => undefined);
  await t.throwsAsync(connectSession({ ...at, boundMs: 50 }), { message: /no CONNACK: not within 0.05 s/ });
});

test('reports bytes that are not MQTT', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n${'x'.repeat(100)}`));
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'closed' });
});

test('has everything that the broker sent before its PINGRESP after a barrier', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'pingreq') socket.write(bytes('30 08 00 06 73 74 61 74 75 73 d0 00'));
  });
  await session.barrier();
  await session.barrier();
  t.is(session.packets.filter(({ type }) => type === 'PUBLISH').length, 2);
  await session.close();
});

test('returns the code of a refused subscription', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd !== 'subscribe') return;
    const id = Buffer.alloc(2);
    id.writeUInt16BE(packet.messageId ?? 0);
    socket.write(Buffer.concat([bytes('90 03'), id, bytes('80')]));
  });
  t.is(await session.subscribe('status', 1), 0x80);
  await session.close();
});

test('returns the outcome when the broker closes the connection after a publish', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'publish') socket.destroy();
  });
  t.like(await session.publish('status', Buffer.from('x'), { qos: 1 }), { kind: 'closed' });
});

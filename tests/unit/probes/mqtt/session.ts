import test, { type ExecutionContext } from 'ava';
import { handshake } from '../../../../probes/mqtt/handshake.ts';
import { connectSession, type Session } from '../../../../probes/mqtt/session.ts';
import { type Answer, accept, bytes, fakeBroker } from '../../_fake-broker.ts';

async function accepted(t: ExecutionContext, answer: Answer): Promise<Session> {
  const outcome = await connectSession({ ...(await fakeBroker(t, answer)), boundMs: 10_000 });
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.session;
}

test('accepted, and closed with a DISCONNECT', async (t) => {
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

test('disposing of a session closes it, also when the broker does not', async (t) => {
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

test('refused tells the code', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'refused', code: 5 });
});

test('closed without a word, and a port where nobody listens', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.end());
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'closed' });
  const nobody = await connectSession({ address: '127.0.0.1', port: 1, boundMs: 10_000 });
  t.regex(nobody.kind === 'closed' ? nobody.reason : '', /ECONNREFUSED/);
});

test('a broker that says nothing is given up after the bound', async (t) => {
  const at = await fakeBroker(t, () => undefined);
  await t.throwsAsync(connectSession({ ...at, boundMs: 50 }), { message: /no CONNACK: not within 0.05 s/ });
});

test('what is no MQTT is no session', async (t) => {
  const at = await fakeBroker(t, (_, socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n${'x'.repeat(100)}`));
  t.like(await connectSession({ ...at, boundMs: 10_000 }), { kind: 'closed' });
});

test('after a barrier, what the broker sent before its PINGRESP is here', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'pingreq') socket.write(bytes('30 08 00 06 73 74 61 74 75 73 d0 00'));
  });
  await session.barrier();
  await session.barrier();
  t.is(session.packets.filter(({ type }) => type === 'PUBLISH').length, 2);
  await session.close();
});

test('a subscription that is refused is a code, not an exception', async (t) => {
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

test('a publish that the broker answers by closing', async (t) => {
  const session = await accepted(t, (packet, socket) => {
    accept(packet, socket);
    if (packet.cmd === 'publish') socket.destroy();
  });
  t.like(await session.publish('status', Buffer.from('x'), { qos: 1 }), { kind: 'closed' });
});

test('a handshake tells the bytes and who closes', async (t) => {
  const options = { version: 4, keepAlive: 60 } as const;
  const closing = await fakeBroker(t, (_, socket) => socket.end(bytes('20 02 00 05')));
  const closed = await handshake({ ...options, ...closing, boundMs: 10_000 });
  t.deepEqual(closed, { answer: '20 02 00 05', closedBy: 'broker' });
  const open = await fakeBroker(t, (_, socket) => socket.write(bytes('20 02 00 05')));
  t.like(await handshake({ ...options, ...open, boundMs: 100 }), { closedBy: 'nobody' });
});

test.serial('what came while this process had no turn counts, also when the bound passed meanwhile', async (t) => {
  const boundMs = 1_500;
  const broker = await fakeBroker(t, (_, socket) => {
    const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, boundMs);
    socket.end(bytes('20 02 00 05'), block);
  });
  const seen = await handshake({ version: 4, keepAlive: 60, ...broker, boundMs });
  t.deepEqual(seen, { answer: '20 02 00 05', closedBy: 'broker' });
});

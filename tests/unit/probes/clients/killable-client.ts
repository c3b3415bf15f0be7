import test, { type ExecutionContext } from 'ava';
import { startKillable } from '../../../../probes/clients/killable-client.ts';
import { authority } from '../../_authority.ts';
import { type Answer, accept, bytes, fakeBroker } from '../../_fake-broker.ts';
import { listener } from '../../_listener.ts';

const signal = new AbortController().signal;

async function start(t: ExecutionContext, answer: Answer) {
  return await startKillable({ ...(await fakeBroker(t, answer)), filter: 'a' }, signal);
}

test('reads a message and the SUBACK from one segment', async (t) => {
  await using client = await start(t, ({ cmd }, socket) => {
    if (cmd === 'connect') socket.write(bytes('20 02 00 00'));
    if (cmd === 'subscribe') socket.write(bytes('30 04 00 01 61 78 90 03 00 01 00'));
  });
  t.true(client.pid > 0);
});

test('reads a CONNACK from two segments', async (t) => {
  let isAsked = false;
  await using client = await start(t, ({ cmd }, socket) => {
    if (cmd === 'connect') {
      socket.write(bytes('20'));
      setImmediate(() => socket.write(bytes('02 00 00')));
    }
    if (cmd === 'subscribe') {
      isAsked = true;
      socket.write(bytes('90 03 00 01 00'));
    }
  });
  t.true(isAsked);
  t.true(client.pid > 0);
});

test('reports a refusal, bytes that are not MQTT, and a closed connection', async (t) => {
  const failing = async (answer: string, reason: RegExp) => {
    const started = start(t, ({ cmd }, socket) => {
      if (cmd === 'connect') socket.end(bytes(answer));
    });
    const { message } = await t.throwsAsync(started);
    t.regex(message, reason);
  };
  await failing('20 02 00 05', /refused it with code 5/);
  await failing('00 00', /no MQTT on the wire/);
  await failing('', /exit code 4/);
});

test('ends the connection without DISCONNECT when killed', async (t) => {
  const received: string[] = [];
  let over: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    over = resolve;
  });
  const client = await start(t, ({ cmd }, socket) => {
    received.push(cmd);
    if (cmd === 'connect') socket.write(bytes('20 02 00 00')) && socket.on('close', () => over());
    if (cmd === 'subscribe') socket.write(bytes('90 03 00 01 00'));
  });
  const { how } = await client.kill();
  await closed;
  t.is(how, 'FIN');
  t.deepEqual(
    client.packets.map(({ direction, type }) => `${direction} ${type}`),
    ['sent CONNECT', 'received CONNACK', 'sent SUBSCRIBE', 'received SUBACK'],
  );
  t.deepEqual(received, ['connect', 'subscribe']);
});

for (const protocol of ['mqtt', 'websockets'] as const) {
  test(`holds a connection over TLS: ${protocol}`, async (t) => {
    const lab = await authority();
    const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
    const certificate = await lab.issue([]);
    const demanding = { ca: lab.ca, requestCert: true, rejectUnauthorized: true };
    const at = await listener(t, {
      ...{ protocol, tls: { ...demanding, cert: server.chain, key: server.key.reveal() } },
      answer(packet, stream) {
        accept(packet, stream);
        if (packet.cmd === 'subscribe') stream.write(bytes('90 03 00 01 00'));
      },
    });
    const tls = { ca: lab.ca, certificate };
    const client = await startKillable({ ...at, protocol, tls, filter: 'a' }, signal);
    t.deepEqual(
      client.packets.map(({ type }) => type),
      ['CONNECT', 'CONNACK', 'SUBSCRIBE', 'SUBACK'],
    );
    t.not((await client.kill()).how, 'RST');
    const { ca } = await authority();
    await t.throwsAsync(startKillable({ ...at, protocol, tls: { ...tls, ca } }, signal), {
      message: /exit code 5 \(.*certificate/,
    });
    await t.throwsAsync(startKillable({ ...at, protocol, tls: { ...tls, servername: 'other.test' } }, signal), {
      message: /exit code 5 \(.*other\.test/,
    });
  });
}

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import test from 'ava';
import mqttPacket from 'mqtt-packet';
import { connectRaw } from '../../../../../probes/mqtt/raw-session.ts';
import type { Alteration } from '../../../../mutants/proxy/link.ts';
import { openProxy } from '../../../../mutants/proxy/proxy.ts';
import { drop } from '../../../../mutants/wire/alter.ts';

const UNALTERED: Alteration = () => ({});

/** A broker that accepts every CONNECT, answers every PINGREQ, and ends its side when the client does; tells the bytes that came. */
async function broker(work: (at: { address: string; port: number }, came: Buffer[], open: Socket[]) => Promise<void>) {
  const came: Buffer[] = [];
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket);
    const parser = mqttPacket.parser();
    parser.on('packet', ({ cmd }) => {
      if (cmd === 'connect') socket.write(Buffer.of(0x20, 2, 0, 0));
      if (cmd === 'pingreq') socket.write(Buffer.of(0xd0, 0));
    });
    parser.on('error', () => undefined);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      came.push(chunk);
      parser.parse(chunk);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await work({ address: '127.0.0.1', port: address.port }, came, open);
  } finally {
    for (const socket of open) socket.destroy();
    server.close();
  }
}

async function through(alter: Alteration, at: { address: string; port: number }) {
  const proxy = await openProxy(['127.0.0.1'], at, alter);
  const [place = at] = proxy.places;
  const outcome = await connectRaw({ ...place, boundMs: 1_000 });
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return { proxy, session: outcome.session };
}

test('what is not altered passes byte for byte, also what is no MQTT', async (t) => {
  await broker(async (at, came) => {
    const { proxy, session } = await through(UNALTERED, at);
    await using _proxy = proxy;
    await session.barrier();
    const nonsense = Buffer.from('ffffffffff0102', 'hex');
    session.sendBytes(nonsense);
    await session.fin();
    t.true(
      Buffer.concat(came)
        .subarray(-9)
        .equals(Buffer.concat([Buffer.of(0xc0, 0), nonsense])),
    );
  });
});

test('drops packets', async (t) => {
  await broker(async (at) => {
    const { proxy, session } = await through(drop('toClient', 'pingresp')(), at);
    await using _proxy = proxy;
    await t.throwsAsync(session.barrier(), { message: /PINGRESP/ });
    await session.fin();
  });
});

for (const how of ['FIN', 'RST'] as const) {
  test(`a broker's ${how} reaches the client as such`, async (t) => {
    await broker(async (at, _, open) => {
      const { proxy, session } = await through(UNALTERED, at);
      await using _proxy = proxy;
      for (const socket of open) how === 'FIN' ? socket.end() : socket.resetAndDestroy();
      const end = await session.ended;
      t.like(end, { by: 'broker', how });
    });
  });
}

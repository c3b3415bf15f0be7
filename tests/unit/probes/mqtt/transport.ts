import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import type { Packet as Decoded } from 'mqtt-packet';
import type { Endpoint } from '../../../../probes/mqtt/endpoint.ts';
import { handshake } from '../../../../probes/mqtt/handshake.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import { connectRaw, type RawSession } from '../../../../probes/mqtt/raw-session.ts';
import { connectSession } from '../../../../probes/mqtt/session.ts';
import { authority } from '../../_authority.ts';
import { accept, bytes } from '../../_fake-broker.ts';
import { type Listening, listener } from '../../_listener.ts';

const BOUND_MS = 10_000;

type Kind = { readonly listening: Omit<Listening, 'answer'>; readonly endpoint: Pick<Endpoint, 'protocol' | 'tls'> };

const PLAIN: Kind = { listening: {}, endpoint: {} };
const websockets = { protocol: 'websockets' } as const;

async function makeKinds() {
  const lab = await authority();
  const server = await lab.issue([{ type: 'ip', value: '127.0.0.1' }]);
  const shown = { cert: server.chain, key: server.key.reveal() };
  const tls = { ca: lab.ca };
  const certified = { ...tls, certificate: await lab.issue([]) };
  const demanding = { ...shown, ca: lab.ca, requestCert: true, rejectUnauthorized: true };
  return {
    'plain TCP': PLAIN,
    'TLS 1.2': { listening: { tls: { ...shown, maxVersion: 'TLSv1.2' } }, endpoint: { tls } },
    'TLS 1.3': { listening: { tls: { ...shown, minVersion: 'TLSv1.3' } }, endpoint: { tls } },
    'TLS with a client certificate': { listening: { tls: demanding }, endpoint: { tls: certified } },
    WebSockets: { listening: websockets, endpoint: websockets },
    'WebSockets over TLS': { listening: { ...websockets, tls: shown }, endpoint: { ...websockets, tls } },
  } as const satisfies Record<string, Kind>;
}

const NAMES = [
  'plain TCP',
  'TLS 1.2',
  'TLS 1.3',
  'TLS with a client certificate',
  'WebSockets',
  'WebSockets over TLS',
] as const;

/** Made once, by the first test: a file of tests may not wait. */
let made: ReturnType<typeof makeKinds> | undefined;
async function kindOf(name: (typeof NAMES)[number]): Promise<Kind> {
  made ??= makeKinds();
  return (await made)[name];
}

/** Grants a subscription, and sends a message with QoS 2 for each that it gets. */
function answer(packet: Decoded, stream: Duplex): void {
  accept(packet, stream);
  if (packet.cmd === 'subscribe') stream.write(bytes('90 03 00 01 02'));
  if (packet.cmd === 'publish') stream.write(bytes('50 02 00 02 34 09 00 03 61 2f 62 00 07 6f 6b'));
  if (packet.cmd === 'pubrel') stream.write(bytes('70 02 00 02'));
  if (packet.cmd === 'pubrec') stream.write(bytes('62 02 00 07'));
  if (packet.cmd === 'pingreq') stream.write(bytes('d0 00'));
}

/** The packets of each direction, without what differs from run to run. */
function comparable(packets: readonly Packet[]) {
  const of = (direction: Packet['direction']) => packets.filter((packet) => packet.direction === direction);
  return [...of('sent'), ...of('received')].map(({ at, ...packet }) => packet);
}

async function accepted(t: ExecutionContext, kind: Kind, how: Listening['answer']): Promise<RawSession> {
  const at = await listener(t, { ...kind.listening, answer: how });
  const outcome = await connectRaw({ ...at, ...kind.endpoint, clientId: 'lab-one', boundMs: BOUND_MS });
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome.session;
}

async function rawPackets(t: ExecutionContext, kind: Kind) {
  const session = await accepted(t, kind, answer);
  await session.subscribe('a/b', 2);
  await session.publish('a/b', Buffer.from('ok'), { qos: 2 });
  await session.packet(({ type, packetId }) => type === 'PUBREL' && packetId === 7, 'PUBREL');
  await session.barrier();
  await session.disconnect();
  t.like(await session.ended, { by: 'client', how: 'FIN', isGivenUp: undefined });
  return comparable(session.packets);
}

async function sessionPackets(t: ExecutionContext, { listening, endpoint }: Kind) {
  const at = await listener(t, { ...listening, answer: accept });
  const outcome = await connectSession({ ...at, ...endpoint, clientId: 'lab-one', boundMs: BOUND_MS });
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  await outcome.session.publish('a/b', Buffer.from('ok'));
  await outcome.session.close();
  return comparable(outcome.session.packets);
}

for (const name of NAMES) {
  test(`records the same packets over ${name}`, async (t) => {
    const kind = await kindOf(name);
    const packets = await rawPackets(t, kind);
    t.is(packets.length, 15);
    t.deepEqual(packets, await rawPackets(t, PLAIN));
    t.deepEqual(await sessionPackets(t, kind), await sessionPackets(t, PLAIN));
  });

  test(`reports how the broker ends the connection over ${name}`, async (t) => {
    const kind = await kindOf(name);
    const ends: Readonly<Record<'FIN' | 'RST', (stream: Duplex, below: readonly Socket[]) => void>> = {
      FIN: (stream) => stream.end(),
      RST: (_, [tcp]) => tcp?.resetAndDestroy(),
    };
    for (const [how, end] of Object.entries(ends)) {
      const session = await accepted(t, kind, (packet, stream, below) => {
        accept(packet, stream);
        if (packet.cmd === 'pingreq') end(stream, below);
      });
      session.send({ cmd: 'pingreq' });
      t.like(await session.ended, { by: 'broker', how });
    }
  });

  test(`ends the connection by FIN and by RST over ${name}`, async (t) => {
    const kind = await kindOf(name);
    for (const how of ['FIN', 'RST'] as const) {
      let seen: (end: string) => void = () => undefined;
      const end = new Promise<string>((resolve) => {
        seen = resolve;
      });
      const session = await accepted(t, kind, (packet, stream, below) => {
        accept(packet, stream);
        if (packet.cmd !== 'connect') return;
        for (const one of [stream, ...below]) {
          one.on('error', (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET' && seen('RST'));
        }
        stream.on('end', () => setImmediate(seen, 'FIN'));
      });
      await (how === 'FIN' ? session.fin() : session.rst());
      t.is(await end, how);
      t.like(await session.ended, { by: 'client', how, isGivenUp: undefined });
    }
  });

  test(`shows the bytes of a refusal over ${name}`, async (t) => {
    const kind = await kindOf(name);
    const refusing = (_: Decoded, stream: Duplex) => void stream.end(bytes('20 02 00 05'));
    const at = await listener(t, { ...kind.listening, answer: refusing });
    const seen = await handshake({ ...at, ...kind.endpoint, version: 4, keepAlive: 60, boundMs: BOUND_MS });
    t.deepEqual(seen, { answer: '20 02 00 05', closedBy: 'broker' });
  });
}

import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as z from 'zod';
import type { LiveEvent } from '../../live/protocol.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import {
  connectSession,
  type QoS,
  type Session,
  type SessionOptions,
  type Version,
} from '../../probes/mqtt/session.ts';
import { type Capture, type Captured, type Connections, comparable, startCapture } from '../lab/support/capture.ts';
import { evidenceByClient, firstMissing } from '../lab/support/captured-evidence.ts';
import { PORT } from '../lab/support/lab.ts';
import { openLiveView } from '../lab/support/live-view.ts';
import { measured } from '../lab/support/measured.ts';
import { ownLab } from '../lab/support/own-lab.ts';

const theLab = ownLab('capture', {}, { installed: true });

const TOPIC = 'status';
const QOS: readonly QoS[] = [0, 1, 2];
const MANY = 100;
/** More than a segment of the loopback takes; its remaining length has three bytes. */
const LARGE = Buffer.alloc(100_000, 'x');

test.serial('the lab is up', async (t) => {
  const { code, all } = await theLab().run(['up', '--no-verify']);
  t.is(code, 0, all);
});

for (const version of [4, 5] as const) {
  const name = version === 4 ? '3.1.1' : '5';

  test.serial(
    `MQTT ${name}: every packet of the recorder is one of the capture, in type, order and length`,
    async (t) => {
      const { address, capture } = await captured(t);
      if (capture === undefined) return;
      const sessions = [
        ...(await oneAfterTheOther(address, version)),
        ...(await atOnce(address, version)),
        await refused(address, version),
      ];
      const wire = await capture.stop();
      for (const { clientId, packets, isInTurn } of sessions) {
        const recorded = packets.map(comparable);
        t.true(recorded.length >= 2, clientId);
        // a packet that arrives while another is being sent may be read after it
        const directions = isInTurn ? [['sent', 'received']] : [['sent'], ['received']];
        const seen = onlyConnection(t, wire, clientId);
        for (const of of directions) t.deepEqual(only(of, recorded), only(of, seen), clientId);
      }
    },
  );
}

const Verified = z.object({
  checks: z.array(z.object({ id: z.string(), evidence: z.array(z.unknown()).default([]) })),
});

test.serial('the evidence in the records of a run is in the capture too', async (t) => {
  const { capture } = await captured(t);
  if (capture === undefined) return;
  const { code, stdout, all } = await theLab().run(['verify', '--json', '--quick', '--only', 'acl,auth']);
  t.is(code, 0, all);
  const wire = await capture.stop();
  let compared = 0;
  for (const { id, evidence } of Verified.parse(JSON.parse(stdout)).checks) {
    for (const { clientId, packets } of evidenceByClient(evidence)) {
      const missing = (wire.get(clientId) ?? []).map((connection) => firstMissing(packets, connection));
      const lacks = `each connection of ${clientId} lacks a packet: ${JSON.stringify(missing)}`;
      t.true(missing.includes(undefined), `${id}: ${lacks}`);
      compared += packets.length;
    }
  }
  t.true(compared > 100, `${compared} packets were compared`);
});

test.serial('the measuring checks pass, and their sizes equal those of a capture', async (t) => {
  await measured(t, theLab(), false);
});

test.serial('what a live view draws is what went over the wire, packet by packet', async (t) => {
  const { capture } = await captured(t);
  if (capture === undefined) return;
  const ids: string[] = [];
  const drawn: LiveEvent[] = [];
  for (const version of [4, 5] as const) {
    await using view = await openLiveView(theLab());
    const common = { place: '', program: 'mqtt.js', version, clean: true, keepAlive: 60, listener: PORT } as const;
    const subscription = { filter: TOPIC, qos: 2 } as const;
    await view.send({ do: 'connect', side: 'subscriber', settings: { ...common, user: 'alice', subscription } });
    await view.packet('subscriber', { type: 'SUBACK' });
    await view.send({ do: 'connect', side: 'publisher', settings: { ...common, user: 'sam' } });
    await view.packet('publisher', { type: 'CONNACK' });
    for (const qos of QOS) {
      await view.send({ do: 'publish', topic: TOPIC, payload: `at QoS ${qos}`, qos, retain: false });
      await view.words(new RegExp(`^sam published ${TOPIC} at QoS ${qos}`));
    }
    for (const side of ['publisher', 'subscriber'] as const) {
      await view.send({ do: 'end', side, how: 'disconnect' });
      await view.packet(side, { type: 'DISCONNECT' });
      ids.push(clientIdOf(view.events, side));
    }
    drawn.push(...view.events);
  }
  const wire = await capture.stop();
  for (const id of ids) {
    const recorded = packetsOf(drawn, id).map(({ packet }) => comparable(packet));
    t.true(recorded.length >= 8, id);
    const seen = onlyConnection(t, wire, id);
    for (const of of [['sent'], ['received']]) t.deepEqual(only(of, recorded), only(of, seen), id);
  }
});

function clientIdOf(events: readonly LiveEvent[], side: string): string {
  const connect = events.find(
    (event) => event.is === 'packet' && event.side === side && event.packet.type === 'CONNECT',
  );
  return (connect?.is === 'packet' && connect.packet.connect?.clientId) || '';
}

/** The packets of a client, of the side and from the CONNECT on that have its id. */
function packetsOf(events: readonly LiveEvent[], clientId: string) {
  const first = events.findIndex((event) => event.is === 'packet' && event.packet.connect?.clientId === clientId);
  const { side } = { side: '', ...events[first] };
  const packets = events
    .slice(first)
    .filter((event) => event.is === 'packet')
    .filter((event) => event.side === side);
  const next = packets.findIndex(({ packet }, index) => index > 0 && packet.type === 'CONNECT');
  return next === -1 ? packets : packets.slice(0, next);
}

type Recorded = { readonly clientId: string; readonly packets: readonly Packet[]; readonly isInTurn: boolean };

/** A capture of the broker's port; none where this machine can't have one, which is no failure of the recorder. */
async function captured(t: ExecutionContext): Promise<{ address: Address; capture: Capture | undefined }> {
  const port = await theLab().container('broker').published(PORT);
  const file = path.join(theLab().folder, `${t.title.length}.pcapng`);
  const capture = await startCapture(port, file);
  if (typeof capture !== 'string') return { address: { address: '127.0.0.1', port }, capture };
  t.log(`nothing was compared: ${capture}`);
  t.pass();
  return { address: { address: '127.0.0.1', port }, capture: undefined };
}

type Address = Pick<SessionOptions, 'address' | 'port'>;

const as = (user: string) => ({ login: { user, password: user } });

/** Both recorders' sessions, in which no packet is sent before the one before it is answered; the last one leaves a will. */
async function oneAfterTheOther(address: Address, version: Version): Promise<Recorded[]> {
  const publisher = accepted(await connectSession({ ...address, version, ...as('sam') }));
  const subscriber = accepted(await connectRaw({ ...address, version, ...as('alice') }));
  const will = { topic: TOPIC, payload: Buffer.from('gone'), qos: 1, retain: false } as const;
  const lost = accepted(await connectRaw({ ...address, version, ...as('sam'), will }));
  await subscriber.subscribe(TOPIC, 2);
  for (const qos of QOS) {
    const payload = Buffer.from(`at QoS ${qos}`);
    await publisher.publish(TOPIC, payload, { qos });
    await publisher.barrier();
    const [end, direction] = (
      [
        ['PUBLISH', 'received'],
        ['PUBACK', 'sent'],
        ['PUBCOMP', 'sent'],
      ] as const
    )[qos];
    await subscriber.packet((packet) => packet.type === end && packet.direction === direction, `${end} at QoS ${qos}`);
    await subscriber.barrier();
  }
  await lost.rst();
  await subscriber.packet(({ payload }) => payload?.equals(will.payload) === true, 'the last will');
  await subscriber.barrier();
  await publisher.close();
  await subscriber.disconnect();
  return [publisher, subscriber, lost].map(({ clientId, packets }) => ({ clientId, packets, isInTurn: true }));
}

/** Many messages in flight, so that a segment has several packets, and one that takes several segments. */
async function atOnce(address: Address, version: Version): Promise<Recorded[]> {
  const publisher = accepted(await connectSession({ ...address, version, ...as('sam') }));
  const subscriber = accepted(await connectSession({ ...address, version, ...as('alice') }));
  await subscriber.subscribe(TOPIC, 2);
  const payloads = Array.from({ length: MANY }, (_, index) => Buffer.from(`${index}`.padEnd(index, '.')));
  const messages = [...payloads, LARGE].map((payload, index) => ({ payload, qos: QOS[index % QOS.length] ?? 0 }));
  await Promise.all(messages.map(({ payload, qos }) => publisher.publish(TOPIC, payload, { qos })));
  await publisher.barrier();
  // a PUBREL that comes to a closed connection is in the capture alone
  const ends = messages.filter(({ qos }) => qos === 2).length;
  const isEnd = ({ type, direction }: Packet) => type === 'PUBCOMP' && direction === 'sent';
  await subscriber.packet(() => subscriber.packets.filter(isEnd).length >= ends, 'the last PUBCOMP');
  await subscriber.barrier();
  await publisher.close();
  await subscriber.close();
  return [publisher, subscriber].map(({ clientId, packets }) => ({ clientId, packets, isInTurn: false }));
}

async function refused(address: Address, version: Version): Promise<Recorded> {
  const clientId = `refused-${version}`;
  const outcome = await connectSession({ ...address, version, clientId });
  if (outcome.kind !== 'refused') throw new Error('the broker accepted a login without a user name');
  return { clientId, packets: outcome.packets, isInTurn: true };
}

function accepted<S extends Session | RawSession>(
  outcome: { readonly kind: 'accepted'; readonly session: S } | { readonly kind: 'refused' | 'closed' },
): S {
  if (outcome.kind !== 'accepted') throw new Error(`the broker did not accept: ${outcome.kind}`);
  return outcome.session;
}

/** What the capture has of a client that connected once. */
function onlyConnection(t: ExecutionContext, wire: Connections, clientId: string): readonly Captured[] {
  const connections = wire.get(clientId) ?? [];
  t.is(connections.length, 1, clientId);
  return connections[0] ?? [];
}

function only(directions: readonly string[], packets: readonly Captured[]): Captured[] {
  return packets.filter(({ direction }) => directions.includes(direction));
}

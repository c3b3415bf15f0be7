import type { IPublishPacket } from 'mqtt-packet';
import type { Packet } from '../../../probes/packet.ts';
import { payloadText } from '../../../probes/packet-text.ts';
import type { RawSession } from '../../../probes/raw-session.ts';
import type { QoS } from '../../../probes/session.ts';
import { LabError } from '../../../provisioning/errors.ts';
import type { User } from '../../../provisioning/lab-file/lab.ts';
import { allCleanedUp, withCleanUp } from './clean-up.ts';
import { atMost, type Turns } from './limit.ts';
import { isMessage } from './matching.ts';
import { mustPublish } from './must-publish.ts';
import { ownConnection } from './own-connection.ts';
import { nonce, type World } from './world.ts';

export { allCleanedUp as allRestored };

/** Who may publish to the topic, and who may subscribe to it. */
export type RetainedCast = { readonly writer: User; readonly reader: User };

export type Retained = { readonly payload: Buffer; readonly qos: number };

type Kept = Retained & { readonly properties?: IPublishPacket['properties'] };

/**
 * How long a broker that is not the lab's may take to serve a retained message after the SUBACK. Mosquitto serves it before it reads on, so that
 * a PINGRESP comes after it; the standard leaves that open.
 */
const SERVED_BOUND_MS = 500;
const ATTEMPTS = 2;

/** Of this process, since every family has a world of its own: a topic has one retained message only. */
const turnsOf = new Map<string, Turns>();
const checkTurnsOf = new Map<string, Turns>();

/** For checks that keep what is retained on the topic: one begins, and its bound counts, when the one before is over. */
export function retainedTurns({ broker: { address, port } }: World, topic: string): Turns {
  const place = `${address} ${port} ${topic}`;
  const turns = checkTurnsOf.get(place) ?? atMost(1);
  checkTurnsOf.set(place, turns);
  return turns;
}

/**
 * Runs work that changes what is retained on the topic, alone, and then restores what was retained before: also when the work fails, its check
 * is out of time or the run is interrupted. Nothing is touched unless the reader was seen to receive what is published, since a reader who can't
 * would show a topic without a retained message. Throws a LabError that tells what was retained when that can't be restored.
 */
export async function keepingRetained<T>(
  world: World,
  topic: string,
  cast: RetainedCast,
  work: () => Promise<T>,
): Promise<T> {
  const { address, port } = world.broker;
  const place = `${address} ${port} ${topic}`;
  const turns = turnsOf.get(place) ?? atMost(1);
  turnsOf.set(place, turns);
  return await turns(async () => {
    world.stopped.throwIfAborted();
    const pair = await openPair(world, cast);
    try {
      const kept = await look(world, topic, pair);
      return await withCleanUp(work, () => restore(world, topic, cast, pair, kept));
    } finally {
      await pair[Symbol.asyncDispose]();
    }
  });
}

/** What a new subscription is served as retained: the received PUBLISH with the flag, if any came before the answer to a later PINGREQ. */
export async function retainedOn(world: World, topic: string, reader: User): Promise<Retained | undefined> {
  await using session = await world.raw(reader);
  return keptOf((await newSubscription(world, session, topic)).retained);
}

/** Subscribes at QoS 2; `retained` is the PUBLISH with the flag that the subscription was served, `granted` the QoS of the SUBACK. */
export async function newSubscription(
  world: World,
  session: RawSession,
  topic: string,
): Promise<{ readonly retained: Packet | undefined; readonly granted: number }> {
  const granted = await subscribed(session, topic);
  await session.barrier();
  return { retained: await served(world, session, () => false), granted };
}

/** Connections that are none of the world's. */
type Pair = AsyncDisposable & {
  readonly reading: RawSession;
  readonly writing: RawSession;
  /** Whether one of them has ended, as with a restart of the broker. */
  isOver(): boolean;
};

async function openPair(world: World, { writer, reader }: RetainedCast): Promise<Pair> {
  const version = world.versions.includes(5) ? 5 : 4;
  const reading = await ownConnection(world, reader, { version });
  const writing = await ownConnection(world, writer, { version }).catch((error: unknown) => {
    reading.destroy();
    throw error;
  });
  let isOver = false;
  Promise.race([reading.ended, writing.ended]).then(() => {
    isOver = true;
  });
  return {
    reading,
    writing,
    isOver: () => isOver,
    async [Symbol.asyncDispose]() {
      await Promise.all([reading[Symbol.asyncDispose](), writing[Symbol.asyncDispose]()]);
    },
  };
}

/**
 * As `retainedOn`, with properties, shown to be true by a message that the reader must receive. A repeated subscription is served again
 * (MQTT-3.8.4-3).
 */
async function look(world: World, topic: string, { reading, writing }: Pair): Promise<Kept | undefined> {
  const from = reading.packets.length;
  await subscribed(reading, topic);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await mustPublish(writing, topic, last, { qos: 1 });
  await reading.packet(isMessage(last), `sentinel on ${topic}, so what is retained there stays untouched`);
  await reading.barrier();
  const isOther = (packet: Packet) => isMessage(last)(packet) || reading.packets.indexOf(packet) < from;
  return keptOf(await served(world, reading, isOther));
}

async function restore(
  world: World,
  topic: string,
  cast: RetainedCast,
  first: Pair,
  kept: Kept | undefined,
): Promise<void> {
  let trouble: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await using pair = attempt === 1 && !first.isOver() ? first : await openPair(world, cast);
      if (isSame(await look(world, topic, pair), kept)) return;
      const { payload = Buffer.alloc(0), qos = 1, properties } = kept ?? {};
      await mustPublish(pair.writing, topic, payload, { qos: levelOf(qos), retain: true, properties });
      if (isSame(await look(world, topic, pair), kept)) return;
      trouble = new Error('the broker keeps something else');
    } catch (error) {
      trouble = error;
    }
  }
  const was =
    kept === undefined
      ? 'nothing'
      : `${payloadText(kept.payload)} at QoS ${kept.qos} (base64 ${kept.payload.toString('base64')})`;
  const why = trouble instanceof Error ? trouble.message : String(trouble);
  const happened = `retained there before was ${was}, and that could not be restored: ${why}`;
  throw new LabError({ subject: 'broker', step: `restore the retained message on ${topic}`, happened }, 1);
}

async function subscribed(session: RawSession, topic: string): Promise<number> {
  const code = await session.subscribe(topic, 2);
  if (code >= 0x80) throw new Error(`the broker refused a subscription to ${topic} with code ${code}`);
  return code;
}

async function served(
  { isOurs }: World,
  session: RawSession,
  isOther: (packet: Packet) => boolean,
): Promise<Packet | undefined> {
  const isServed = (packet: Packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.retain === true && !isOther(packet);
  if (isOurs) return session.packets.find(isServed);
  return await session.packet(isServed, 'retained message', SERVED_BOUND_MS).catch(() => undefined);
}

function keptOf(packet: Packet | undefined): Kept | undefined {
  if (packet === undefined) return undefined;
  const { payload = Buffer.alloc(0), qos = 0, properties } = packet;
  return { payload, qos, ...(properties === undefined ? {} : { properties: propertiesOf(properties) }) };
}

/** The properties of a PUBLISH from the recorder's texts, such as `contentType "text"` and `correlationData 0x01`. */
export function propertiesOf(texts: readonly string[]): IPublishPacket['properties'] {
  const entries = texts.map((text): [string, unknown] => {
    const end = text.indexOf(' ');
    const value = text.slice(end + 1);
    return [text.slice(0, end), value.startsWith('0x') ? Buffer.from(value.slice(2), 'hex') : JSON.parse(value)];
  });
  return Object.fromEntries(entries);
}

/** The properties are left out: what is left of an expiry interval falls by itself. */
function isSame(one: Retained | undefined, other: Retained | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.qos === other.qos && one.payload.equals(other.payload);
}

function levelOf(qos: number): QoS {
  return qos === 2 ? 2 : qos === 1 ? 1 : 0;
}

import type { IPublishPacket } from 'mqtt-packet';
import type { Packet } from '../../../probes/packet.ts';
import type { RawSession } from '../../../probes/raw-session.ts';
import type { QoS } from '../../../probes/session.ts';
import type { User } from '../../../provisioning/lab-file/lab.ts';
import { isMessage } from '../support/matching.ts';
import { mustPublish } from '../support/must-publish.ts';
import { isMarked, nonce } from '../support/nonce.ts';
import { ownConnection } from '../support/own-connection.ts';
import type { World } from '../support/world.ts';
import type { Kept } from './keeper.ts';

/** Who may publish to the topic, and who may subscribe to it. */
export type RetainedCast = { readonly writer: User; readonly reader: User };

/**
 * How long a broker that is not the lab's may take to serve a retained message after the SUBACK, in milliseconds. Mosquitto serves it before it
 * reads on, so that a PINGRESP comes after it; the standard leaves that open. What may be the user's is waited for the longest, what checks have
 * published several times as long as the broker was seen to take.
 */
export const LONGEST_MS = 5_000;
const SHORTEST_MS = 500;
const TIMES_SEEN = 4;
/** Where the run is interrupted: the next restores what this one can't. */
const INTERRUPTED_MS = 1_000;

/** The longest that a broker took, by its address; of this process, as every family has a world of its own. */
const slowest = new Map<string, number>();

/** Connections that are none of the world's. */
export type Pair = AsyncDisposable & {
  readonly reading: RawSession;
  readonly writing: RawSession;
  /** Whether one of them has ended, as with a restart of the broker. */
  isOver(): boolean;
};

export async function openPair(world: World, { writer, reader }: RetainedCast): Promise<Pair> {
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

/** What a new subscription is served as retained: the received PUBLISH with the flag, if any came before the answer to a later PINGREQ. */
export async function retainedOn(world: World, topic: string, reader: User): Promise<Kept | undefined> {
  await using session = await world.raw(reader);
  return keptOf((await newSubscription(world, session, topic)).retained);
}

/** Subscribes at QoS 2; `retained` is the PUBLISH with the flag that the subscription was served, `granted` the QoS of the SUBACK. */
export async function newSubscription(
  world: World,
  session: RawSession,
  topic: string,
): Promise<{ readonly retained: Packet | undefined; readonly granted: number }> {
  const granted = await session.subscribe(topic, 2);
  mustBeGranted(granted, topic);
  await session.barrier();
  return { retained: await served(world, session, 0), granted };
}

/**
 * As `retainedOn`, by a pair, and shown to be true by a message that the reader must receive. A repeated subscription is served again
 * (MQTT-3.8.4-3, in MQTT 5 MQTT-3.8.4-4). An external broker is given `boundMs` to serve.
 */
export async function look(world: World, topic: string, pair: Pair, boundMs?: number): Promise<Kept | undefined> {
  const { reading, writing } = pair;
  const from = reading.packets.length;
  mustBeGranted(await reading.subscribe(topic, 2), topic);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await mustPublish(writing, topic, last, { qos: 1 });
  await reading.packet(isMessage(last), `sentinel on ${topic}, so what is retained there stays untouched`);
  await reading.barrier();
  return keptOf(await served(world, reading, from, boundMs));
}

/** Of all that the pair was served as retained, late or not, the last that no check of this process, or of the one with the mark, has published. */
export function lastOfUser({ reading }: Pair, mark: string): Kept | undefined {
  return keptOf(reading.packets.findLast((packet) => isRetained(packet) && !isOurs(packet.payload, mark)));
}

/** Whether a check of this process, or of the one with the mark, has published it; of an empty one nobody can tell. */
export function isOurs(payload: Buffer | undefined, mark: string): boolean {
  return payload === undefined || payload.length === 0 || isMarked(payload) || isMarked(payload, mark);
}

/** Publishes as retained what was kept, or clears what is retained; throws an Error where that is not served then. */
export async function putBack(world: World, topic: string, pair: Pair, kept: Kept | undefined): Promise<void> {
  const { payload = Buffer.alloc(0), qos = 1, properties = [] } = kept ?? {};
  await mustPublish(pair.writing, topic, payload, {
    qos: levelOf(qos),
    retain: true,
    ...(properties.length === 0 ? {} : { properties: propertiesOf(properties) }),
  });
  // an external broker may acknowledge before it has changed what it retains, as aedes does
  const until = performance.now() + (world.isOurs ? 0 : LONGEST_MS);
  while (!isSame(await look(world, topic, pair), kept)) {
    if (performance.now() >= until) throw new Error('the broker keeps something else');
  }
}

/** The properties are left out: what is left of an expiry interval falls by itself. */
export function isSame(one: Kept | undefined, other: Kept | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.qos === other.qos && one.payload.equals(other.payload);
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

function mustBeGranted(code: number, topic: string): void {
  if (code >= 0x80) throw new Error(`the broker refused a subscription to ${topic} with code ${code}`);
}

async function served(
  world: World,
  session: RawSession,
  from: number,
  boundMs = usualBound(world),
): Promise<Packet | undefined> {
  if (world.isOurs) return session.packets.findLast((packet, index) => index >= from && isRetained(packet));
  const old = new Set(session.packets.slice(0, from));
  const isServed = (packet: Packet) => isRetained(packet) && !old.has(packet);
  const found = await session
    .packet(isServed, 'retained message', world.stopped.aborted ? INTERRUPTED_MS : boundMs)
    .catch(() => undefined);
  const granted = session.packets.find((packet) => packet.type === 'SUBACK' && !old.has(packet));
  if (found !== undefined && granted !== undefined) {
    const key = brokerOf(world);
    slowest.set(key, Math.max(slowest.get(key) ?? 0, found.at - granted.at));
  }
  return found;
}

function usualBound(world: World): number {
  const seen = slowest.get(brokerOf(world));
  return seen === undefined ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, TIMES_SEEN * seen));
}

function brokerOf({ broker: { address, port } }: World): string {
  return `${address} ${port}`;
}

/** An empty one clears, and is never kept itself (MQTT-3.3.1-11): it can only be one that is passed on. */
function isRetained({ type, direction, retain, payload }: Packet): boolean {
  return (
    type === 'PUBLISH' && direction === 'received' && retain === true && payload !== undefined && payload.length > 0
  );
}

function keptOf(packet: Packet | undefined): Kept | undefined {
  if (packet === undefined) return undefined;
  const { payload = Buffer.alloc(0), qos = 0, properties } = packet;
  return { payload, qos, ...(properties === undefined ? {} : { properties }) };
}

function levelOf(qos: number): QoS {
  return qos === 2 ? 2 : qos === 1 ? 1 : 0;
}

import { randomBytes } from 'node:crypto';
import mqttClient from 'mqtt/lib/client';
import { deferred } from '../../base/deferred.ts';
import { type Bound, type Feed, onceQuiet, openFeed, within } from './feed.ts';
import { isReceived, type Packet, type PacketType } from './packet.ts';
import { recordedSocket } from './recorded-socket.ts';
import type { TappedSocket } from './tapped-socket.ts';

export type Version = 4 | 5;
export type QoS = 0 | 1 | 2;

export type SessionOptions = {
  readonly address: string;
  readonly port: number;
  /** Protocol level: 4 is MQTT 3.1.1. */
  readonly version?: Version;
  readonly login?: { readonly user: string; readonly password?: string };
  /** @default a fresh one of at most 23 characters, which every broker must accept (MQTT-3.1.3-5) */
  readonly clientId?: string;
  readonly clean?: boolean;
  /** Seconds. */
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string; readonly payload: Buffer; readonly qos: QoS; readonly retain: boolean };
  /** Bound on everything that the broker has to answer, in milliseconds; up to four times that while it sends other things. @default 10 s */
  readonly boundMs?: number;
};

export type ConnectOutcome =
  | { readonly kind: 'accepted'; readonly session: Session; readonly sessionPresent: boolean }
  | { readonly kind: 'refused'; readonly code: number; readonly packets: readonly Packet[] }
  | { readonly kind: 'closed'; readonly reason: string; readonly packets: readonly Packet[] };

export type PublishOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'acknowledged'; readonly code: number }
  | { readonly kind: 'closed'; readonly reason: string };

/** A connection of one MQTT client with every control packet recorded. It never reconnects. Disposing of it always closes the socket. */
export type Session = AsyncDisposable & {
  readonly clientId: string;
  /** Every control packet so far, both directions, in order. */
  readonly packets: readonly Packet[];
  /** When the connection is over. */
  readonly ended: Promise<unknown>;
  /** Subscribes and gives the code of the SUBACK: the QoS granted, or 0x80 and above where it was refused. */
  subscribe(filter: string, qos: QoS): Promise<number>;
  publish(topic: string, payload: Buffer, options?: { qos?: QoS; retain?: boolean }): Promise<PublishOutcome>;
  /** The first packet that matches, already here or to come; rejects with NotSeen. @default bound `onceQuiet` of the wish's */
  packet(matches: (packet: Packet) => boolean, what: string, bound?: Bound): Promise<Packet>;
  /** PINGREQ and its PINGRESP: what the broker sent to this client before it is here now. */
  barrier(): Promise<void>;
  /** DISCONNECT, then the end of the connection. */
  close(): Promise<void>;
  /** The end of the connection without DISCONNECT. */
  destroy(): void;
};

const BOUND_MS = 10_000;
const CLOSE_BOUND_MS = 1_000;
const LATER_MS = 10_000;

export function freshClientId(): string {
  return `lab-${randomBytes(8).toString('hex')}`;
}

/** Connects and tells what the broker answered; rejects with NotSeen when it answers nothing. */
export async function connectSession(options: SessionOptions): Promise<ConnectOutcome> {
  const { boundMs = BOUND_MS, clientId = freshClientId() } = options;
  const feed = openFeed<Packet>(`the session of ${options.login?.user ?? clientId}`, isReceived);
  const socket = recordedSocket(options.address, options.port, feed.push, feed.end);
  socket.on('close', () => feed.end('the connection is closed'));
  const client = new mqttClient.default(() => socket, {
    clientId,
    protocolVersion: options.version ?? 4,
    clean: options.clean ?? true,
    keepalive: options.keepAlive ?? 60,
    reconnectPeriod: 0,
    // the feed's own bound comes first, and names what is missing
    connectTimeout: boundMs + LATER_MS,
    ...(options.login === undefined ? {} : { username: options.login.user }),
    ...(options.login?.password === undefined ? {} : { password: options.login.password }),
    ...(options.will === undefined ? {} : { will: options.will }),
  });
  const failed = deferred<string>();
  client.on('error', (error) => failed.resolve(error.message || String(error)));
  client.on('close', () => failed.resolve('the broker closed the connection'));
  const ready = new Promise<void>((resolve) => {
    client.once('connect', () => resolve());
  });
  const answer = feed.first(({ type }) => type === 'CONNACK', 'CONNACK', boundMs);
  answer.catch(() => undefined);
  const connack = await Promise.race([answer, failed.promise]).catch((error: unknown) => {
    client.end(true);
    throw error;
  });
  // mqtt.js reports a refusal that the wire has shown already
  const code = typeof connack === 'string' ? feed.items.find(({ type }) => type === 'CONNACK')?.code : connack.code;
  if (code === 0) {
    await ready;
    const sessionPresent = typeof connack !== 'string' && connack.sessionPresent === true;
    return { kind: 'accepted', sessionPresent, session: openSession(client, socket, feed, clientId, boundMs) };
  }
  client.end(true);
  socket.destroy();
  if (code !== undefined) return { kind: 'refused', code, packets: feed.items };
  return { kind: 'closed', reason: await failed.promise, packets: feed.items };
}

function openSession(
  client: InstanceType<typeof mqttClient.default>,
  socket: TappedSocket,
  feed: Feed<Packet>,
  clientId: string,
  boundMs: number,
): Session {
  const patience = onceQuiet(boundMs);
  const closed = new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    socket.once('close', () => resolve());
  });
  const close = async () => {
    client.end();
    await within(closed, 'end of the connection', CLOSE_BOUND_MS).catch(() => client.end(true));
    socket.destroy();
    await closed;
  };
  return {
    clientId,
    packets: feed.items,
    ended: closed,
    async subscribe(filter, qos) {
      // the answer is taken from the wire; the callback would turn a refusal into an exception
      client.subscribe(filter, { qos }, () => undefined);
      const id = client.getLastMessageId();
      const isAnswer = ({ type, packetId }: Packet) => type === 'SUBACK' && packetId === id;
      const { codes = [] } = await feed.first(isAnswer, `SUBACK for ${filter}`, patience);
      return codes[0] ?? 0x80;
    },
    async publish(topic, payload, { qos = 0, retain = false } = {}) {
      const done = new Promise<PublishOutcome>((resolve) => {
        client.publish(topic, payload, { qos, retain }, (error) => resolve(publishOutcome(error, qos)));
        // mqtt.js would keep the message for a reconnection that never comes
        closed.then(() => resolve({ kind: 'closed', reason: 'the connection is closed' }));
      });
      return await feed.until(done, `acknowledgement of a PUBLISH to ${topic}`, patience);
    },
    packet: (matches, what, bound = patience) => feed.first(matches, what, bound),
    async barrier() {
      const seen = (type: PacketType) => feed.items.filter((packet) => packet.type === type).length;
      const before = seen('PINGREQ');
      client.sendPing();
      await feed.first(() => seen('PINGREQ') > before, 'PINGREQ', patience);
      const asked = seen('PINGREQ');
      await feed.first(() => seen('PINGRESP') >= asked, 'PINGRESP', patience);
    },
    close,
    destroy() {
      client.end(true);
      socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

function publishOutcome(error: unknown, qos: QoS): PublishOutcome {
  if (error === null || error === undefined) return qos === 0 ? { kind: 'sent' } : { kind: 'acknowledged', code: 0 };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return { kind: 'acknowledged', code };
  return { kind: 'closed', reason: error instanceof Error ? error.message : String(error) };
}

import { randomBytes } from 'node:crypto';
import mqttClient from 'mqtt/lib/client';
import { deferred } from '../../base/deferred.ts';
import { errorMessage, ignoreFailure } from '../../base/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { type Bound, type Feed, onceQuiet, openFeed, within } from './feed.ts';
import { isReceived, type Packet, type PacketType } from './packet.ts';
import { recordedSocket } from './recorded-socket.ts';
import type { Transport } from './transport.ts';

export type Version = 4 | 5;
export type QoS = 0 | 1 | 2;

export type SessionOptions = Endpoint & {
  /** Protocol level: 4 is MQTT 3.1.1. */
  readonly version?: Version;
  readonly login?: { readonly user: string; readonly password?: string };
  /** @default a fresh one of at most 23 characters, which every broker must accept (MQTT-3.1.3-5) */
  readonly clientId?: string;
  readonly clean?: boolean;
  /** Seconds. */
  readonly keepAlive?: number;
  readonly will?: { readonly topic: string; readonly payload: Buffer; readonly qos: QoS; readonly retain: boolean };
  /** Bound on each answer of the broker, in milliseconds; up to four times that while it sends other packets. @default 10 s */
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

/** A connection of one MQTT client that records every control packet. It never reconnects. Disposing of it always closes the socket. */
export type Session = AsyncDisposable & {
  readonly clientId: string;
  /** Every control packet so far, both directions, in order. */
  readonly packets: readonly Packet[];
  /** Resolves when the connection is over. */
  readonly ended: Promise<unknown>;
  /** Subscribes and returns the code of the SUBACK: the QoS granted, or 0x80 and above for a refusal. */
  subscribe(filter: string, qos: QoS): Promise<number>;
  publish(topic: string, payload: Buffer, options?: { qos?: QoS; retain?: boolean }): Promise<PublishOutcome>;
  /** The first packet that matches, already here or to come; rejects with NotSeen. @default bound `onceQuiet` of the options' bound */
  packet(matches: (packet: Packet) => boolean, what: string, bound?: Bound): Promise<Packet>;
  /** Waits for a PINGRESP: everything that the broker sent to this client before has then arrived. */
  barrier(): Promise<void>;
  /** DISCONNECT, then the end of the connection. */
  close(): Promise<void>;
  /** Ends the connection without DISCONNECT. */
  destroy(): void;
};

const BOUND_MS = 10_000;
const CLOSE_BOUND_MS = 1_000;
/** mqtt.js gives up after the feed, whose error names what is missing. */
const LATER_MS = 10_000;

export function freshClientId(): string {
  return `lab-${randomBytes(8).toString('hex')}`;
}

/** Connects and returns the broker's answer; rejects with NotSeen when it does not answer. */
export async function connectSession(options: SessionOptions): Promise<ConnectOutcome> {
  const { boundMs = BOUND_MS, clientId = freshClientId() } = options;
  const feed = openFeed<Packet>(`the session of ${options.login?.user ?? clientId}`, isReceived);
  const { stream: socket } = recordedSocket({ endpoint: options, onPacket: feed.push, onNoMqtt: feed.end });
  const failed = deferred<string>();
  // first, since mqtt.js keeps many errors to itself
  socket.on('error', (error) => failed.resolve(error.message || String(error)));
  socket.on('close', () => feed.end('the connection is closed'));
  const client = new mqttClient.default(() => socket, {
    clientId,
    protocolVersion: options.version ?? 4,
    clean: options.clean ?? true,
    keepalive: options.keepAlive ?? 60,
    reconnectPeriod: 0,
    connectTimeout: boundMs + LATER_MS,
    ...(options.login === undefined ? {} : { username: options.login.user }),
    ...(options.login?.password === undefined ? {} : { password: options.login.password }),
    ...(options.will === undefined ? {} : { will: options.will }),
  });
  client.on('error', (error) => failed.resolve(error.message || String(error)));
  client.on('close', () => failed.resolve('the broker closed the connection'));
  const ready = new Promise<void>((resolve) => {
    client.once('connect', () => resolve());
  });
  const answer = feed.first(({ type }) => type === 'CONNACK', 'CONNACK', boundMs);
  ignoreFailure(answer);
  const connack = await Promise.race([answer, failed.promise]).catch((error: unknown) => {
    client.end(true);
    throw error;
  });
  // mqtt.js reports a refusal as an error, after the wire has shown it
  const code = typeof connack === 'string' ? feed.items.find(({ type }) => type === 'CONNACK')?.code : connack.code;
  if (code === 0) {
    await ready;
    const sessionPresent = typeof connack !== 'string' && connack.sessionPresent === true;
    return { kind: 'accepted', sessionPresent, session: openSession({ client, socket, feed, clientId, boundMs }) };
  }
  client.end(true);
  socket.destroy();
  if (code !== undefined) return { kind: 'refused', code, packets: feed.items };
  return { kind: 'closed', reason: await failed.promise, packets: feed.items };
}

type Connected = {
  readonly client: InstanceType<typeof mqttClient.default>;
  readonly socket: Transport['stream'];
  readonly feed: Feed<Packet>;
  readonly clientId: string;
  readonly boundMs: number;
};

function openSession({ client, socket, feed, clientId, boundMs }: Connected): Session {
  const answerBound = onceQuiet(boundMs);
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
      // the answer comes from the wire; the callback would turn a refusal into an exception
      client.subscribe(filter, { qos }, () => undefined);
      const id = client.getLastMessageId();
      const isAnswer = ({ type, packetId }: Packet) => type === 'SUBACK' && packetId === id;
      const { codes = [] } = await feed.first(isAnswer, `SUBACK for ${filter}`, answerBound);
      return codes[0] ?? 0x80;
    },
    async publish(topic, payload, { qos = 0, retain = false } = {}) {
      const done = new Promise<PublishOutcome>((resolve) => {
        client.publish(topic, payload, { qos, retain }, (error) => resolve(publishOutcome(error, qos)));
        // mqtt.js would keep the message for a reconnection that never comes
        closed.then(() => resolve({ kind: 'closed', reason: 'the connection is closed' }));
      });
      return await feed.until(done, `acknowledgement of a PUBLISH to ${topic}`, answerBound);
    },
    packet: (matches, what, bound = answerBound) => feed.first(matches, what, bound),
    async barrier() {
      const seen = (type: PacketType) => feed.items.filter((packet) => packet.type === type).length;
      const before = seen('PINGREQ');
      client.sendPing();
      await feed.first(() => seen('PINGREQ') > before, 'PINGREQ', answerBound);
      const sent = seen('PINGREQ');
      await feed.first(() => seen('PINGRESP') >= sent, 'PINGRESP', answerBound);
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
  return { kind: 'closed', reason: errorMessage(error) };
}

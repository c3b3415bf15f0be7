import mqttClient from 'mqtt/lib/client';
import { type Deferred, deferred } from '../provisioning/deferred.ts';
import { LabError } from '../provisioning/errors.ts';
import { within } from './feed.ts';
import type { Packet, Will } from './packet.ts';
import { recordedSocket } from './recorded-socket.ts';
import type { QoS, Version } from './session.ts';

export type ClientWish = {
  readonly address: string;
  readonly port: number;
  readonly version: Version;
  readonly user: string;
  readonly password: string;
  readonly clientId: string;
  /** False: the broker keeps subscriptions and queued messages while the client is away. */
  readonly clean: boolean;
  /** Seconds. */
  readonly keepAlive: number;
  readonly will?: Omit<Will, 'qos'> & { readonly qos: QoS };
};

export type ClientEvents = {
  onPacket?(packet: Packet): void;
  onMessage?(topic: string, payload: Buffer): void;
  /** The connection was lost, or is back. */
  onState?(state: string): void;
};

/** A publisher or subscriber that stays: it reconnects when the connection is lost, but not when the broker refuses it. */
export type Client = AsyncDisposable & {
  /** Rejects with a LabError once going on makes no sense; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when the broker has acknowledged, as its QoS has it; throws a LabError when it denies (MQTT 5). */
  publish(topic: string, payload: Buffer, options: { qos: QoS; retain: boolean }): Promise<void>;
  /** Throws a LabError when the broker refuses the subscription. */
  subscribe(topics: readonly string[], qos: QoS): Promise<void>;
};

const CONNECT_BOUND_MS = 10_000;
const ANSWER_BOUND_MS = 30_000;
const CLOSE_BOUND_MS = 2_000;
const RECONNECT_MS = 1_000;
/** How long MQTT 5 keeps a persistent session of a client that is away, in seconds: a day. */
const SESSION_EXPIRY_S = 86_400;
/** This many connections lost within this time of their start: somebody else uses the client id, and each takes over from the other. */
const TAKEOVERS = 3;
const TAKEOVER_MS = 3_000;

/** Connects; throws a LabError: exit code 1 when the broker refuses, 2 when it is out of reach. The signal makes whatever waits fail. */
export async function openClient(wish: ClientWish, events: ClientEvents, signal: AbortSignal): Promise<Client> {
  const failed = deferred<never>();
  const onAbort = () => failed.reject(trouble(wish, 'go on', 'interrupted', 1));
  signal.addEventListener('abort', onAbort, { once: true });
  const connected = deferred<void>();
  const { address, port } = wish;
  const onPacket = (packet: Packet) => {
    events.onPacket?.(packet);
    if (packet.type === 'CONNACK' && packet.code !== 0) failed.reject(refused(wish, packet.code ?? 0));
  };
  const onNoMqtt = (why: string) => failed.reject(trouble(wish, 'connect', why, 1));
  const client = new mqttClient.default(() => recordedSocket(address, port, onPacket, onNoMqtt), {
    clientId: wish.clientId,
    username: wish.user,
    password: wish.password,
    protocolVersion: wish.version,
    clean: wish.clean,
    keepalive: wish.keepAlive,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_BOUND_MS,
    ...(wish.version === 5 && !wish.clean ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S } } : {}),
    ...(wish.will === undefined ? {} : { will: wish.will }),
  });
  client.on('message', (topic, payload) => events.onMessage?.(topic, payload));
  followConnection(client, wish, events, { connected, failed });
  const close = async () => {
    signal.removeEventListener('abort', onAbort);
    const ended = new Promise<void>((resolve) => {
      client.end(false, {}, () => resolve());
    });
    await within(ended, 'end of the connection', CLOSE_BOUND_MS).catch(() => client.end(true));
  };
  try {
    await Promise.race([connected.promise, failed.promise]);
  } catch (error) {
    client.end(true);
    throw error;
  }
  return {
    failed: failed.promise,
    async publish(topic, payload, options) {
      const done = new Promise<void>((resolve, reject) => {
        client.publish(topic, payload, options, (error) => {
          if (error) reject(trouble(wish, `publish to ${topic}`, error.message, 1));
          else resolve();
        });
      });
      await Promise.race([within(done, `acknowledgement of ${topic}`, ANSWER_BOUND_MS), failed.promise]);
    },
    async subscribe(topics, qos) {
      const done = new Promise<void>((resolve, reject) => {
        client.subscribe([...topics], { qos }, (error) => {
          if (error) reject(trouble(wish, `subscribe to ${topics.join(', ')}`, error.message, 1));
          else resolve();
        });
      });
      await Promise.race([within(done, 'SUBACK', ANSWER_BOUND_MS), failed.promise]);
    },
    [Symbol.asyncDispose]: close,
  };
}

type Outcomes = { readonly connected: Deferred<void>; readonly failed: Deferred<never> };

/** Tells of losses and returns, and gives up where a reconnection can't help. */
function followConnection(
  client: InstanceType<typeof mqttClient.default>,
  wish: ClientWish,
  events: ClientEvents,
  { connected, failed }: Outcomes,
): void {
  let connectedAt: number | undefined;
  let hasBeen = false;
  let short = 0;
  client.on('connect', () => {
    if (hasBeen) events.onState?.('connected again');
    hasBeen = true;
    connectedAt = Date.now();
    connected.resolve();
  });
  client.on('error', (error) => {
    // before the first connection there is nothing to go back to; afterwards mqtt.js tries again
    if (!hasBeen) failed.reject(trouble(wish, 'connect', error.message || String(error), 2));
  });
  client.on('close', () => {
    if (!hasBeen) return failed.reject(trouble(wish, 'connect', 'the broker closed the connection', 2));
    if (connectedAt === undefined || client.disconnecting) return;
    short = Date.now() - connectedAt < TAKEOVER_MS ? short + 1 : 0;
    connectedAt = undefined;
    events.onState?.('connection lost, trying again');
    if (short < TAKEOVERS) return;
    const happened = `the connection was lost ${short} times right after it was made`;
    const advice = `see whether another client uses the id ${wish.clientId}; --client-id gives this one another`;
    failed.reject(trouble(wish, 'stay connected', happened, 1, advice));
  });
}

function refused(wish: ClientWish, code: number): LabError {
  const shown = code < 0x80 ? String(code) : `0x${code.toString(16)}`;
  const advice = 'see that the lab is up with the passwords of the lab file: ./lab up';
  return trouble(wish, `log in as ${wish.user}`, `the broker refused with code ${shown}`, 1, advice);
}

function trouble(
  { address, port }: ClientWish,
  step: string,
  happened: string,
  exitCode: 1 | 2,
  advice?: string,
): LabError {
  const outOfReach = exitCode === 2 ? './lab status tells whether the broker runs; ./lab up starts it' : undefined;
  return new LabError({ subject: `broker ${address}:${port}`, step, happened, advice: advice ?? outOfReach }, exitCode);
}

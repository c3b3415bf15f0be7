import mqttClient from 'mqtt/lib/client';
import { type Deferred, deferred } from '../../base/deferred.ts';
import type { ClientOptions } from './client-options.ts';
import { denial, refusal, trouble } from './client-trouble.ts';
import { within } from './feed.ts';
import type { Packet } from './packet.ts';
import { type OnPacket, recordedSocket } from './recorded-socket.ts';
import type { QoS } from './session.ts';
import type { TappedSocket } from './tapped-socket.ts';

export type ClientEvents = {
  onPacket?: OnPacket;
  /** Whether a received packet is handled; a message that is not stays with the broker, unacknowledged. All are, if not given. */
  admits?(packet: Packet): boolean;
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
/** DISCONNECT without a reason code, the same in both versions. */
const DISCONNECT = Buffer.from([0xe0, 0]);
/** This many connections lost within this time of their start: somebody else uses the client id, and each takes over from the other. */
const TAKEOVERS = 3;
const TAKEOVER_MS = 3_000;

/** Connects; throws a LabError: exit code 1 when the broker refuses, 2 when it is out of reach. The signal makes whatever waits fail. */
export async function openClient(options: ClientOptions, events: ClientEvents, signal: AbortSignal): Promise<Client> {
  const failed = deferred<never>();
  const connected = deferred<void>();
  const onAbort = () => failed.reject(trouble(options, 'wait for the broker', 'interrupted', 'interrupted'));
  signal.addEventListener('abort', onAbort, { once: true });
  const onPacket: OnPacket = (packet, frame) => {
    events.onPacket?.(packet, frame);
    if (packet.type === 'CONNACK' && packet.code !== 0) failed.reject(refusal(options, packet.code ?? 0));
  };
  const onNoMqtt = (why: string) => failed.reject(trouble(options, 'connect', why, 'failed'));
  let socket: TappedSocket | undefined;
  const open = () => {
    socket = recordedSocket(options.address, options.port, onPacket, onNoMqtt, events.admits);
    return socket;
  };
  const client = new mqttClient.default(open, {
    clientId: options.clientId,
    username: options.user,
    password: options.password,
    protocolVersion: options.version,
    clean: options.clean,
    keepalive: options.keepAlive,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_BOUND_MS,
    ...(options.version === 5 && !options.clean ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S } } : {}),
    ...(options.will === undefined ? {} : { will: options.will }),
  });
  client.on('message', (topic, payload) => events.onMessage?.(topic, payload));
  followConnection(client, options, events, { connected, failed });
  const close = async () => {
    signal.removeEventListener('abort', onAbort);
    const ended = new Promise<void>((resolve) => {
      client.end(false, {}, () => resolve());
    });
    await within(ended, 'end of the connection', CLOSE_BOUND_MS).catch(() => {
      // mqtt.js waits for acknowledgements first; without a DISCONNECT the last will would tell of a crash
      if (socket?.writable) socket.end(DISCONNECT);
    });
    socket?.destroySoon();
  };
  try {
    await Promise.race([connected.promise, failed.promise]);
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    client.end(true);
    throw error;
  }
  return {
    failed: failed.promise,
    async publish(topic, payload, message) {
      const done = new Promise<void>((resolve, reject) => {
        client.publish(topic, payload, message, (error) => (error ? reject(error) : resolve()));
      });
      const answer = within(done, 'acknowledgement', ANSWER_BOUND_MS).catch((error: unknown) => {
        throw denial(options, `publish to ${topic}`, 'PUBACK', error);
      });
      await Promise.race([answer, failed.promise]);
    },
    async subscribe(topics, qos) {
      const done = new Promise<void>((resolve, reject) => {
        client.subscribe([...topics], { qos }, (error) => (error ? reject(error) : resolve()));
      });
      const answer = within(done, 'SUBACK', ANSWER_BOUND_MS).catch((error: unknown) => {
        throw denial(options, `subscribe to ${topics.join(', ')}`, 'SUBACK', error);
      });
      await Promise.race([answer, failed.promise]);
    },
    [Symbol.asyncDispose]: close,
  };
}

type Outcomes = { readonly connected: Deferred<void>; readonly failed: Deferred<never> };

/** Tells of losses and returns, and gives up where a reconnection can't help. */
function followConnection(
  client: InstanceType<typeof mqttClient.default>,
  options: ClientOptions,
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
    if (!hasBeen) failed.reject(trouble(options, 'connect', error.message || String(error), 'could-not-run'));
  });
  client.on('close', () => {
    if (!hasBeen)
      return failed.reject(trouble(options, 'connect', 'the broker closed the connection', 'could-not-run'));
    if (connectedAt === undefined || client.disconnecting) return;
    short = Date.now() - connectedAt < TAKEOVER_MS ? short + 1 : 0;
    connectedAt = undefined;
    events.onState?.('connection lost, trying again');
    if (short < TAKEOVERS) return;
    const happened = `the connection was lost ${short} times right after it was made`;
    const advice = `see whether another client uses the id ${options.clientId}; --client-id gives this one another`;
    failed.reject(trouble(options, 'stay connected', happened, 'failed', advice));
  });
}

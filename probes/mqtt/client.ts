import mqttClient from 'mqtt/lib/client';
import { type Deferred, deferred } from '../../base/deferred.ts';
import { errorMessage } from '../../base/errors.ts';
import { clientError, denial, refusal } from './client-error.ts';
import type { ClientOptions } from './client-options.ts';
import { within } from './feed.ts';
import { mqttJsOptions } from './mqtt-js-options.ts';
import type { Packet } from './packet.ts';
import { type OnPacket, recordedSocket } from './recorded-socket.ts';
import type { QoS } from './session.ts';
import type { Transport } from './transport.ts';

export type ClientEvents = {
  onPacket?: OnPacket;
  /** Whether it handles a received packet; the broker keeps a message that it does not. @default all packets */
  admits?(packet: Packet): boolean;
  onMessage?(topic: string, payload: Buffer): void;
  /** The connection was lost, or is back. */
  onState?(state: string): void;
};

/** A publisher or subscriber that reconnects after a lost connection, but not after a refusal. */
export type Client = AsyncDisposable & {
  /** Rejects with a LabError when the client gives up; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when the broker has acknowledged by the rules of the QoS; throws a LabError when it denies (MQTT 5). */
  publish(topic: string, payload: Buffer, options: { qos: QoS; retain: boolean }): Promise<void>;
  /** Throws a LabError when the broker refuses the subscription. */
  subscribe(topics: readonly string[], qos: QoS): Promise<void>;
};

const CONNECT_BOUND_MS = 10_000;
const ANSWER_BOUND_MS = 30_000;
const CLOSE_BOUND_MS = 2_000;
const RECONNECT_MS = 1_000;
/** DISCONNECT without a reason code, the same in both versions. */
export const DISCONNECT = Buffer.from([0xe0, 0]);
/** Connections that are lost this often, this soon: another client uses the client id, and each takes over from the other. */
const TAKEOVERS = 3;
const TAKEOVER_MS = 3_000;

type MqttJsClient = InstanceType<typeof mqttClient.default>;

/** Connects; throws a LabError when the broker refuses or cannot be reached. The signal ends every wait with an error. */
export async function openClient(options: ClientOptions, events: ClientEvents, signal: AbortSignal): Promise<Client> {
  const failed = deferred<never>();
  const connected = deferred<void>();
  const interrupted = { step: 'wait for the broker', happened: 'interrupted', kind: 'interrupted' } as const;
  const onAbort = () => failed.reject(clientError(options, interrupted));
  signal.addEventListener('abort', onAbort, { once: true });
  const onPacket: OnPacket = (packet, frame) => {
    events.onPacket?.(packet, frame);
    if (packet.type === 'CONNACK' && packet.code !== 0) failed.reject(refusal(options, packet.code ?? 0));
  };
  const onNoMqtt = (happened: string) => {
    failed.reject(clientError(options, { step: 'connect', happened, kind: 'failed' }));
  };
  let socket: Transport['stream'] | undefined;
  let trouble: string | undefined;
  const open = () => {
    const { stream } = recordedSocket({ endpoint: options, onPacket, onNoMqtt, admits: events.admits });
    // mqtt.js keeps many errors to itself
    stream.on('error', (error) => {
      trouble = error.message || errorMessage(error);
    });
    socket = stream;
    return stream;
  };
  const client = new mqttClient.default(open, {
    ...mqttJsOptions(options),
    ...{ reconnectPeriod: RECONNECT_MS, connectTimeout: CONNECT_BOUND_MS },
  });
  client.on('message', (topic, payload) => events.onMessage?.(topic, payload));
  followConnection(client, options, events, { connected, failed, trouble: () => trouble });
  try {
    await Promise.race([connected.promise, failed.promise]);
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    client.end(true);
    throw error;
  }
  return {
    failed: failed.promise,
    ...requestsOf(client, options, failed.promise),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', onAbort);
      await close(client, socket);
    },
  };
}

/** What the client asks of the broker; each fails when the client gives up. */
function requestsOf(
  client: MqttJsClient,
  options: ClientOptions,
  failed: Promise<never>,
): Pick<Client, 'publish' | 'subscribe'> {
  return {
    async publish(topic, payload, message) {
      const done = new Promise<void>((resolve, reject) => {
        client.publish(topic, payload, message, (error) => (error ? reject(error) : resolve()));
      });
      const answer = within(done, 'acknowledgement', ANSWER_BOUND_MS).catch((error: unknown) => {
        throw denial(options, `publish to ${topic}`, 'PUBACK', error);
      });
      await Promise.race([answer, failed]);
    },
    async subscribe(topics, qos) {
      const done = new Promise<void>((resolve, reject) => {
        client.subscribe([...topics], { qos }, (error) => (error ? reject(error) : resolve()));
      });
      const answer = within(done, 'SUBACK', ANSWER_BOUND_MS).catch((error: unknown) => {
        throw denial(options, `subscribe to ${topics.join(', ')}`, 'SUBACK', error);
      });
      await Promise.race([answer, failed]);
    },
  };
}

async function close(client: MqttJsClient, socket: Transport['stream'] | undefined): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    client.end(false, {}, () => resolve());
  });
  await within(ended, 'end of the connection', CLOSE_BOUND_MS).catch(() => {
    // mqtt.js waits for acknowledgements first; without a DISCONNECT the broker would publish the last will
    if (socket?.writable) socket.end(DISCONNECT);
  });
  socket?.destroySoon();
}

type Outcomes = {
  readonly connected: Deferred<void>;
  readonly failed: Deferred<never>;
  /** The last error of a connection. */
  trouble(): string | undefined;
};

/** Reports losses and reconnections, and gives up where a reconnection cannot help. */
function followConnection(
  client: MqttJsClient,
  options: ClientOptions,
  events: ClientEvents,
  { connected, failed, trouble }: Outcomes,
): void {
  let connectedAt: number | undefined;
  let hasConnected = false;
  let shortConnections = 0;
  const giveUp = (happened: string) => {
    failed.reject(clientError(options, { step: 'connect', happened, kind: 'could-not-run' }));
  };
  client.on('connect', () => {
    if (hasConnected) events.onState?.('connected again');
    hasConnected = true;
    connectedAt = Date.now();
    connected.resolve();
  });
  client.on('error', (error) => {
    // after the first connection mqtt.js tries again
    if (!hasConnected) giveUp(error.message || errorMessage(error));
  });
  client.on('close', () => {
    if (!hasConnected) return giveUp(trouble() ?? 'the broker closed the connection');
    if (connectedAt === undefined || client.disconnecting) return;
    shortConnections = Date.now() - connectedAt < TAKEOVER_MS ? shortConnections + 1 : 0;
    connectedAt = undefined;
    events.onState?.('connection lost, trying again');
    if (shortConnections < TAKEOVERS) return;
    const happened = `the connection was lost ${shortConnections} times right after it was made`;
    const advice = `check whether another client uses the id ${options.clientId}; --client-id gives this one another`;
    failed.reject(clientError(options, { step: 'stay connected', happened, kind: 'failed', advice }));
  });
}

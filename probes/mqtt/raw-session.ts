import type { IPublishPacket, Packet as Wire } from 'mqtt-packet';
import { type Bound, onceQuiet, within } from './feed.ts';
import type { Packet } from './packet.ts';
import { type End, RawConnection } from './raw-connection.ts';
import type { RawOptions } from './raw-options.ts';
import { connectPacket } from './raw-packet.ts';
import { freshClientId, type PublishOutcome, type QoS } from './session.ts';

export type RawPublish = {
  readonly qos?: QoS;
  readonly retain?: boolean;
  /** MQTT 5. */
  readonly properties?: IPublishPacket['properties'];
};

/**
 * A connection of one MQTT client that does nothing by itself: no ping, no reconnection, no DISCONNECT. It records every
 * control packet and can end in every abnormal way.
 */
export type RawSession = AsyncDisposable & {
  readonly clientId: string;
  /** Every control packet so far, both directions, in order. */
  readonly packets: readonly Packet[];
  /** Resolves when the connection is over. */
  readonly ended: Promise<End>;
  /** Sends a control packet. */
  send(packet: Wire): void;
  /** Sends bytes that need not be MQTT; the recorder ignores everything that is sent after such bytes. */
  sendBytes(bytes: Buffer): void;
  /** Subscribes and returns the code of the SUBACK: the QoS granted, or 0x80 and above for a refusal. */
  subscribe(filter: string, qos: QoS): Promise<number>;
  /** Subscribes to several filters with one SUBSCRIBE and returns the codes of the SUBACK. */
  subscribeAll(filters: readonly string[], qos: QoS): Promise<readonly number[]>;
  /** Unsubscribes and returns the codes of the UNSUBACK; 3.1.1 has none. */
  unsubscribe(filter: string): Promise<readonly number[]>;
  /** Publishes and completes the exchange of its QoS. */
  publish(topic: string, payload: Buffer, options?: RawPublish): Promise<PublishOutcome>;
  /** The first packet that matches, already here or to come; rejects with NotSeen. @default bound `onceQuiet` of the options' bound */
  packet(matches: (packet: Packet) => boolean, what: string, bound?: Bound): Promise<Packet>;
  /** PINGREQ and its PINGRESP: the broker has handled everything that was sent before, and what it sent before is here. */
  barrier(): Promise<void>;
  /** DISCONNECT, with a reason code over MQTT 5, then the end of the connection. */
  disconnect(reasonCode?: number): Promise<void>;
  /** Ends the connection without DISCONNECT, by FIN. */
  fin(): Promise<void>;
  /** Ends the connection without DISCONNECT, by RST. */
  rst(): Promise<void>;
  /** Ends the connection at once. */
  destroy(): void;
};

export type RawOutcome =
  | { readonly kind: 'accepted'; readonly session: RawSession; readonly sessionPresent: boolean }
  | { readonly kind: 'refused'; readonly code: number; readonly packets: readonly Packet[]; readonly ended: End }
  | { readonly kind: 'closed'; readonly reason: string; readonly packets: readonly Packet[] };

const BOUND_MS = 10_000;
const CLOSE_BOUND_MS = 3_000;
/** A socket that closes with unread bytes sends RST, after which a busy broker may never read the DISCONNECT. */
const DISCONNECT_BOUND_MS = 15_000;

/** Connects and returns the broker's answer; rejects with NotSeen when it does not answer, or refuses and keeps the connection open. */
export async function connectRaw(options: RawOptions): Promise<RawOutcome> {
  const { version = 4, boundMs = BOUND_MS, clientId = freshClientId() } = options;
  const connection = new RawConnection(options, clientId);
  const packets = connection.packets.items;
  connection.send(connectPacket(options, version, clientId));
  const answer = connection.packets.first(({ type }) => type === 'CONNACK', 'CONNACK', boundMs);
  const connack = await connection.orClosed(answer).catch((error: unknown) => {
    connection.destroy();
    throw error;
  });
  if ('kind' in connack) {
    connection.destroy();
    return { ...connack, packets };
  }
  const { code = 0, sessionPresent = false } = connack;
  if (code === 0) return { kind: 'accepted', session: openSession(connection, clientId, boundMs), sessionPresent };
  const end = within(connection.ended, 'end of the refused connection', boundMs);
  return { kind: 'refused', code, packets, ended: await end.finally(() => connection.destroy()) };
}

function openSession(connection: RawConnection, clientId: string, boundMs: number): RawSession {
  let lastId = 0;
  const nextId = () => {
    lastId = (lastId % 65_535) + 1;
    return lastId;
  };
  const packet: RawSession['packet'] = (matches, what, bound = onceQuiet(boundMs)) =>
    connection.packets.first(matches, what, bound);
  const disconnect = async (reasonCode?: number, closeBoundMs = DISCONNECT_BOUND_MS) => {
    connection.send({ cmd: 'disconnect', ...(reasonCode === undefined ? {} : { reasonCode }) });
    await connection.close(closeBoundMs);
  };
  const subscribeAll: RawSession['subscribeAll'] = async (filters, qos) => {
    const messageId = nextId();
    const subscriptions = filters.map((topic) => ({ topic, qos }));
    connection.send({ cmd: 'subscribe', messageId, subscriptions });
    const { codes = [] } = await packet(received('SUBACK', messageId), `SUBACK for ${filters.join(', ')}`);
    return codes;
  };
  return {
    clientId,
    packets: connection.packets.items,
    ended: connection.ended,
    send: (sent) => connection.send(sent),
    sendBytes: (bytes) => connection.sendBytes(bytes),
    subscribe: async (filter, qos) => (await subscribeAll([filter], qos))[0] ?? 0x80,
    subscribeAll,
    async unsubscribe(filter) {
      const messageId = nextId();
      connection.send({ cmd: 'unsubscribe', messageId, unsubscriptions: [filter] });
      const { codes = [] } = await packet(received('UNSUBACK', messageId), `UNSUBACK for ${filter}`);
      return codes;
    },
    async publish(topic, payload, { qos = 0, retain = false, properties } = {}) {
      const messageId = qos === 0 ? undefined : nextId();
      connection.send({
        ...{ cmd: 'publish', topic, payload, qos, retain, dup: false },
        ...(messageId === undefined ? {} : { messageId }),
        ...(properties === undefined ? {} : { properties }),
      });
      if (messageId === undefined) return { kind: 'sent' };
      const what = `${qos === 1 ? 'PUBACK' : 'PUBCOMP'} for a PUBLISH to ${topic}`;
      const end = await connection.orClosed(packet(endOfExchange(messageId), what));
      if ('kind' in end) return end;
      const answer = connection.packets.items.find(received(qos === 1 ? 'PUBACK' : 'PUBREC', messageId)) ?? end;
      return { kind: 'acknowledged', code: answer.code ?? 0 };
    },
    packet,
    async barrier() {
      const isAnswered = connection.ping();
      await packet(isAnswered, 'PINGRESP');
    },
    disconnect: (reasonCode) => disconnect(reasonCode),
    fin: () => connection.close(CLOSE_BOUND_MS),
    rst: () => connection.close(CLOSE_BOUND_MS, 'RST'),
    destroy: () => connection.destroy(),
    async [Symbol.asyncDispose]() {
      if (!connection.isDestroyed) await disconnect(undefined, CLOSE_BOUND_MS);
    },
  };
}

function received(type: Packet['type'], id: number): (packet: Packet) => boolean {
  return (packet) => packet.direction === 'received' && packet.type === type && packet.packetId === id;
}

/** PUBACK, PUBCOMP, or a PUBREC that refuses (MQTT 5, 4.3.3). */
function endOfExchange(id: number): (packet: Packet) => boolean {
  const isRefusal = ({ code = 0 }: Packet) => code >= 0x80;
  return (packet) =>
    received('PUBACK', id)(packet) ||
    received('PUBCOMP', id)(packet) ||
    (received('PUBREC', id)(packet) && isRefusal(packet));
}

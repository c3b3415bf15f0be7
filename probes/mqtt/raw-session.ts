import process from 'node:process';
import type { IPublishPacket, Packet as Wire } from 'mqtt-packet';
import { deferred } from '../../base/deferred.ts';
import { type Bound, onceQuiet, openFeed, within } from './feed.ts';
import { isReceived, now, type Packet } from './packet.ts';
import type { RawOptions } from './raw-options.ts';
import { acknowledgement, connectPacket, packetBytes } from './raw-packet.ts';
import { recordedSocket } from './recorded-socket.ts';
import { resetConnection } from './reset.ts';
import { freshClientId, type PublishOutcome, type QoS } from './session.ts';

export type RawPublish = {
  readonly qos?: QoS;
  readonly retain?: boolean;
  /** MQTT 5. */
  readonly properties?: IPublishPacket['properties'];
};

/** Who ended the connection, and how; given up where the broker did not end its side in time. */
export type End = {
  readonly by: 'broker' | 'client';
  readonly at: number;
  readonly how: 'FIN' | 'RST';
  readonly isGivenUp?: true;
};

/**
 * A connection of one MQTT client that does only what it is told: no ping, no reconnection, no DISCONNECT of its own. With every control packet
 * recorded, and all ways to end badly.
 */
export type RawSession = AsyncDisposable & {
  readonly clientId: string;
  /** Every control packet so far, both directions, in order. */
  readonly packets: readonly Packet[];
  /** When the connection is over. */
  readonly ended: Promise<End>;
  /** Sends a control packet. */
  send(packet: Wire): void;
  /** Sends bytes that need not be MQTT; the recorder takes down nothing that is sent after such. */
  sendBytes(bytes: Buffer): void;
  /** Subscribes and gives the code of the SUBACK: the QoS granted, or 0x80 and above where it was refused. */
  subscribe(filter: string, qos: QoS): Promise<number>;
  /** Publishes and sees the whole exchange of its QoS through. */
  publish(topic: string, payload: Buffer, options?: RawPublish): Promise<PublishOutcome>;
  /** The first packet that matches, already here or to come; rejects with NotSeen. @default bound `onceQuiet` of the wish's */
  packet(matches: (packet: Packet) => boolean, what: string, bound?: Bound): Promise<Packet>;
  /** PINGREQ and its PINGRESP: the broker has dealt with all that was sent before, and what it sent before is here. */
  barrier(): Promise<void>;
  /** DISCONNECT, with a reason code over MQTT 5, then the end of the connection. */
  disconnect(reasonCode?: number): Promise<void>;
  /** Ends the connection without DISCONNECT, by FIN. */
  fin(): Promise<void>;
  /** Ends the connection without DISCONNECT, by RST. */
  rst(): Promise<void>;
  /** The end of the connection at once, whatever is under way. */
  destroy(): void;
};

export type RawOutcome =
  | { readonly kind: 'accepted'; readonly session: RawSession; readonly sessionPresent: boolean }
  | { readonly kind: 'refused'; readonly code: number; readonly packets: readonly Packet[]; readonly ended: End }
  | { readonly kind: 'closed'; readonly reason: string; readonly packets: readonly Packet[] };

const BOUND_MS = 10_000;
const CLOSE_BOUND_MS = 3_000;
/** A socket that is closed with received bytes unread sends RST, upon which a busy broker may never read the DISCONNECT before it. */
const DISCONNECT_BOUND_MS = 15_000;

/** Connects and tells what the broker answered; rejects with NotSeen when it answers nothing, or refuses and keeps the connection open. */
export async function connectRaw(options: RawOptions): Promise<RawOutcome> {
  const { version = 4, boundMs = BOUND_MS, clientId = freshClientId(), acknowledges = () => true } = options;
  const feed = openFeed<Packet>(`the session of ${options.login?.user ?? clientId}`, isReceived);
  const ended = deferred<End>();
  let how: End['how'] = 'FIN';
  let by: End['by'] = 'client';
  let isOver = false;
  let isGivenUp = false;
  const pings = { asked: 0, answered: 0 };
  const write = (packet: Wire) => {
    if (!socket.writable) return;
    // here, since the recorder sees it only when the socket is done with what was written before
    if (packet.cmd === 'pingreq') pings.asked += 1;
    socket.write(packetBytes(packet, version));
  };
  const onPacket = (packet: Packet) => {
    if (packet.type === 'PINGRESP') pings.answered += 1;
    const answer = acknowledgement(packet);
    if (answer !== undefined && acknowledges(packet)) process.nextTick(() => write(answer));
    feed.push(packet);
  };
  let trouble: string | undefined;
  const onNoMqtt = (why: string) => {
    trouble = why;
    feed.end(why);
  };
  const socket = recordedSocket(options.address, options.port, onPacket, onNoMqtt);
  if (options.noDelay === false) socket.setNoDelay(false);
  socket.on('data', () => undefined);
  socket.on('end', () => {
    if (!socket.writableEnded) by = 'broker';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    trouble = error.message;
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') [how, by] = ['RST', 'broker'];
  });
  socket.on('close', () => {
    // before the feed: whoever waits for a packet then knows that it is over, not late
    isOver = true;
    ended.resolve({ by, how, at: now(), ...(isGivenUp ? { isGivenUp: true as const } : {}) });
    feed.end(trouble ?? 'the connection is closed');
  });
  write(connectPacket(options, version, clientId));
  const connack = await feed
    .first(({ type }) => type === 'CONNACK', 'CONNACK', boundMs)
    .catch((error: unknown) => {
      socket.destroy();
      if (isOver || trouble !== undefined) return undefined;
      throw error;
    });
  const closedBecause = () => trouble ?? 'the broker closed the connection';
  if (connack === undefined) return { kind: 'closed', reason: closedBecause(), packets: feed.items };
  const { code = 0, sessionPresent = false } = connack;
  if (code !== 0) {
    const end = await within(ended.promise, 'end of the refused connection', boundMs).finally(() => socket.destroy());
    return { kind: 'refused', code, packets: feed.items, ended: end };
  }

  let lastId = 0;
  const nextId = () => {
    lastId = (lastId % 65_535) + 1;
    return lastId;
  };
  const packet: RawSession['packet'] = (matches, what, bound = onceQuiet(boundMs)) => feed.first(matches, what, bound);
  const received = (type: Packet['type'], id: number) => (seen: Packet) =>
    seen.direction === 'received' && seen.type === type && seen.packetId === id;
  const over = async (end: () => void, closeBoundMs = CLOSE_BOUND_MS) => {
    end();
    await within(ended.promise, 'end of the connection', closeBoundMs).catch(() => {
      isGivenUp = true;
      socket.destroy();
    });
    await ended.promise;
  };
  const leave = (reasonCode?: number) => {
    write({ cmd: 'disconnect', ...(reasonCode === undefined ? {} : { reasonCode }) });
    socket.end();
  };
  const session: RawSession = {
    clientId,
    packets: feed.items,
    ended: ended.promise,
    send: write,
    sendBytes(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    async subscribe(filter, qos) {
      const messageId = nextId();
      write({ cmd: 'subscribe', messageId, subscriptions: [{ topic: filter, qos }] });
      const { codes = [] } = await packet(received('SUBACK', messageId), `SUBACK for ${filter}`);
      return codes[0] ?? 0x80;
    },
    async publish(topic, payload, { qos = 0, retain = false, properties } = {}) {
      const messageId = qos === 0 ? undefined : nextId();
      write({
        cmd: 'publish',
        topic,
        payload,
        qos,
        retain,
        dup: false,
        ...(messageId === undefined ? {} : { messageId }),
        ...(properties === undefined ? {} : { properties }),
      });
      if (messageId === undefined) return { kind: 'sent' };
      const answer = qos === 1 ? 'PUBACK' : 'PUBREC';
      const isEnd = (seen: Packet) =>
        received(answer, messageId)(seen) && (qos === 1 || (seen.code ?? 0) >= 0x80)
          ? true
          : received('PUBCOMP', messageId)(seen);
      const what = `${qos === 1 ? 'PUBACK' : 'PUBCOMP'} for a PUBLISH to ${topic}`;
      const end = await packet(isEnd, what).catch((error: unknown) => {
        if (isOver || trouble !== undefined) return undefined;
        throw error;
      });
      if (end === undefined) return { kind: 'closed', reason: closedBecause() };
      const { code: reason = 0 } = feed.items.find(received(answer, messageId)) ?? end;
      return { kind: 'acknowledged', code: reason };
    },
    packet,
    async barrier() {
      const wanted = pings.asked + 1;
      write({ cmd: 'pingreq' });
      await packet(() => pings.answered >= wanted, 'PINGRESP');
    },
    disconnect: (reasonCode) => over(() => leave(reasonCode), DISCONNECT_BOUND_MS),
    fin: () => over(() => socket.end()),
    rst: () =>
      over(() => {
        how = 'RST';
        resetConnection(socket);
      }),
    destroy() {
      socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      if (!socket.destroyed) await over(leave);
    },
  };
  return { kind: 'accepted', session, sessionPresent };
}

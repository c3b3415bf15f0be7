import type { EventOf, LiveEvent, PacketView, Rights, Settings, Side } from '../protocol.ts';
import type { Delivery } from './connection.ts';
import {
  type Connection,
  clientIdOf,
  isAccepted,
  isCut,
  newSession,
  type PacketEvent,
  type Session,
} from './connection.ts';
import { follow, type Progress } from './delivery.ts';
import { type Message, openMessages } from './messages.ts';
import { ownersOfWill } from './wills.ts';

/** What an event belongs to. */
export type Seen = {
  readonly connection?: Connection;
  readonly progress: Progress;
  /** Of a PUBLISH, and of the packet that ends its delivery. */
  readonly message?: Message | undefined;
  /** The SUBSCRIBE or UNSUBSCRIBE that this SUBACK or UNSUBACK answers. */
  readonly request?: PacketEvent | undefined;
  /** The PINGREQ that this PINGRESP answers. */
  readonly ping?: PacketEvent | undefined;
};

/** Connections, sessions and messages, as the events so far show them. */
export type State = {
  take(event: LiveEvent): Seen;
  /** The newest connection of a side. */
  connection(side: Side): Connection | undefined;
  /** The newest connections of both sides, in order. */
  readonly connections: readonly Connection[];
};

const MOST_CONNECTIONS = 100;
/** A cut is reported some seconds after it was in force. */
const MOST_SENT = 1_000;

/** `rights` tell equal messages apart where only one of them may be published. */
export function openState(rights?: Rights): State {
  const connections: Connection[] = [];
  const sessions = new Map<string, Session>();
  const settings = new Map<Side, Settings>();
  const messages = openMessages(rights);
  const messageOf = new WeakMap<Delivery, Message>();
  const newest = (side: Side) => connections.findLast((one) => one.side === side);

  function begin(side: Side, { seq, at }: LiveEvent): Connection {
    const [known, version] = [settings.get(side), settings.get(side)?.version ?? 4];
    const maps = { asked: new Map(), pings: [], cuts: [], sent: [] };
    const connection = { side, begun: { seq, at }, settings: known, version, session: newSession(true), ...maps };
    connections.push(connection);
    if (connections.length > MOST_CONNECTIONS) connections.shift();
    return connection;
  }

  function current(side: Side, event: LiveEvent): Connection {
    const last = newest(side);
    return last === undefined || last.end !== undefined ? begin(side, event) : last;
  }

  function takePacket(event: PacketEvent): Seen {
    const { packet, seq, at } = event;
    const last = newest(event.side);
    const isNew = packet.type === 'CONNECT' && (last?.connect !== undefined || last?.end !== undefined);
    // what a broker or client still sends after the first FIN belongs to the same connection
    const connection = isNew ? begin(event.side, event) : (last ?? begin(event.side, event));
    if (packet.direction === 'sent') {
      connection.sent.push({ seq, at });
      if (connection.sent.length > MOST_SENT) connection.sent.shift();
      if (!isCut(connection)) connection.lastHeard = { seq, at };
    }
    // it answers what had been sent while cut
    if (packet.direction === 'received' && packet.type !== 'PUBLISH' && isWaiting(connection))
      connection.lastHeard = { seq, at };
    const progress = follow(connection, event);
    const message = messageFor(progress, packet.direction);
    return { connection, progress, message, ...takeHandshake(connection, event), ...takeRequest(connection, event) };
  }

  function messageFor(progress: Progress, direction: 'sent' | 'received'): Message | undefined {
    if (!('delivery' in progress)) return undefined;
    const { delivery, kind } = progress;
    const isFirst = kind === 'begun' || (kind === 'done' && delivery.qos === 0);
    if (isFirst) {
      const message = direction === 'sent' ? messages.publish(delivery) : receive(delivery);
      if (message !== undefined) messageOf.set(delivery, message);
    }
    return messageOf.get(delivery);
  }

  // a retained copy is of an older message, which may be of another client
  const receive = (copy: Delivery) =>
    copy.publish.packet.retain === true ? undefined : messages.receive(copy, mayBeWill(copy.publish));
  const mayBeWill = (publish: PacketEvent) =>
    ownersOfWill(connections, publish).some((owner) => owner.end !== undefined || isCut(owner));

  function takeHandshake(connection: Connection, { packet, seq, at }: PacketEvent): Partial<Seen> {
    if (packet.type === 'CONNECT' && packet.connect !== undefined) {
      connection.connect = { seq, at, fields: packet.connect, keepsSession: keepsSession(packet) };
      connection.version = packet.version;
      connection.older = connections.filter((one) => one !== connection && isOlder(one, connection));
    }
    if (packet.type === 'DISCONNECT')
      connection.end ??= {
        seq,
        at,
        how: 'DISCONNECT',
        by: packet.direction === 'sent' ? 'client' : 'broker',
        code: packet.code ?? 0,
        isUnheard: isCut(connection),
      };
    if (packet.type !== 'CONNACK') return {};
    const { code = 0, sessionPresent = false } = packet;
    const keepAlive = serverKeepAlive(packet.properties) ?? connection.connect?.fields.keepAlive ?? 0;
    connection.connack = { seq, at, code, isSessionPresent: sessionPresent, keepAlive };
    if (code !== 0) return {};
    const id = clientIdOf(connection);
    const stored = sessions.get(id);
    connection.session = sessionPresent ? (stored ?? newSession(false)) : newSession(true);
    if (id !== '') sessions.set(id, connection.session);
    return {};
  }

  return {
    connections,
    connection: newest,
    take(event) {
      if (event.is === 'packet') return takePacket(event);
      const none: Seen = { progress: { kind: 'other' } };
      if (event.is === 'state' && event.settings !== undefined) settings.set(event.side, event.settings);
      if (event.is === 'state') return { ...none, ...takeSideState(newest(event.side), event) };
      if (event.is !== 'tcp') return none;
      const isStart = event.what === 'SYN' || event.what === 'open';
      const connection = isStart ? current(event.side, event) : newest(event.side);
      if (connection === undefined) return none;
      takeTcp(connection, event);
      return { ...none, connection };
    },
  };
}

/** Whether the broker still has a connection of the client id that another one is about to take over. */
function isOlder(connection: Connection, newer: Connection): boolean {
  const id = clientIdOf(newer);
  const isOpen = connection.end === undefined || connection.end.isUnheard;
  return isAccepted(connection) && isOpen && id !== '' && clientIdOf(connection) === id;
}

/** A side that ended without a recorded packet, FIN or RST: nobody knows what the broker noticed. */
function takeSideState(connection: Connection | undefined, { state, seq, at }: EventOf<'state'>): Partial<Seen> {
  if (connection === undefined) return {};
  if (connection.connect === undefined) {
    // it failed before CONNECT: what comes next has other settings
    connection.end ??= { seq, at, how: 'unknown', by: 'client', isUnheard: true };
    return {};
  }
  if (state === 'connecting') return {};
  if (state !== 'connected') connection.end ??= { seq, at, how: 'unknown', by: 'client', isUnheard: true };
  return { connection };
}

/** Whether the client sent its last packet during the last cut, so that it arrives some time after the cut. */
function isWaiting({ sent, cuts }: Connection): boolean {
  const [mark, cut] = [sent.at(-1), cuts.at(-1)];
  return mark !== undefined && cut?.to !== undefined && cut.from.at < mark.at && mark.at < cut.to.at;
}

function takeTcp(connection: Connection, { what, by = 'client', seq, at }: EventOf<'tcp'>): void {
  const last = connection.cuts.at(-1);
  if (what === 'silent' && !isCut(connection)) {
    connection.cuts.push({ from: { seq, at } });
    const heard = connection.sent.findLast((mark) => mark.at <= at);
    const before = heard && last !== undefined && last.from.at < heard.at ? last.to : undefined;
    if (heard !== undefined) connection.lastHeard = before !== undefined && heard.at < before.at ? before : heard;
  }
  if (what === 'through' && last !== undefined && last.to === undefined) {
    last.to = { seq, at };
    // TCP sends now what the client wrote while cut
    if (isWaiting(connection)) connection.lastHeard = last.to;
  }
  if (what === 'FIN' || what === 'RST' || what === 'killed')
    connection.end ??= { seq, at, how: what, by: what === 'killed' ? 'client' : by, isUnheard: isCut(connection) };
}

function takeRequest(connection: Connection, event: PacketEvent): Partial<Seen> {
  const { packet } = event;
  const { packetId = 0, direction, type } = packet;
  if (direction === 'sent' && (type === 'SUBSCRIBE' || type === 'UNSUBSCRIBE')) connection.asked.set(packetId, event);
  if (direction === 'sent' && type === 'PINGREQ') connection.pings.push(event);
  if (direction === 'received' && type === 'PINGRESP') return { ping: connection.pings.shift() };
  if (direction === 'sent' || (type !== 'SUBACK' && type !== 'UNSUBACK')) return {};
  const request = connection.asked.get(packetId);
  if (request?.packet.type !== (type === 'SUBACK' ? 'SUBSCRIBE' : 'UNSUBSCRIBE')) return {};
  connection.asked.delete(packetId);
  const { subscriptions } = connection.session;
  for (const [index, { filter, qos = 0 }] of (request.packet.filters ?? []).entries()) {
    if (type === 'UNSUBACK') {
      subscriptions.delete(filter);
      connection.session.hasUnsubscribed = true;
    }
    const granted = packet.codes?.[index];
    if (type === 'UNSUBACK' || granted === undefined || granted > 2) continue;
    const before = subscriptions.get(filter);
    const grants = [...(before?.grants ?? []), granted];
    const seqs = [request.seq, event.seq] as const;
    const since = before?.since ?? request.at;
    subscriptions.set(filter, { filter, asked: qos, granted, grants, at: event.at, since, seqs });
  }
  return { request };
}

/** Whether the session outlives the connection: over MQTT 5 that is the Session Expiry Interval (MQTT-3.1.2-23). */
function keepsSession({ version, connect, properties = [] }: PacketView): boolean {
  if (version === 4) return connect?.clean === false;
  return properties.some((one) => /^sessionExpiryInterval [1-9]/.test(one));
}

/** MQTT 5: the broker's keep alive replaces the client's (MQTT-3.2.2-21). */
function serverKeepAlive(properties: readonly string[] = []): number | undefined {
  const found = properties.map((one) => /^serverKeepAlive (\d+)$/.exec(one)?.[1]).find((one) => one !== undefined);
  return found === undefined ? undefined : Number(found);
}

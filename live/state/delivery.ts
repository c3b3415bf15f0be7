import type { Connection, Delivery, PacketEvent } from './connection.ts';

export type Progress =
  | { readonly kind: 'begun' | 'repeated' | 'continued' | 'done'; readonly delivery: Delivery }
  /** An acknowledgement of nothing. */
  | { readonly kind: 'stray' }
  | { readonly kind: 'other' };

const BEFORE = { PUBACK: 'published', PUBREC: 'published', PUBREL: 'received', PUBCOMP: 'released' } as const;
const AFTER = { PUBACK: 'done', PUBREC: 'received', PUBREL: 'released', PUBCOMP: 'done' } as const;

/** Follows the deliveries of a session packet by packet (MQTT 3.1.1 and 5, section 4.3). */
export function follow(connection: Connection, event: PacketEvent): Progress {
  const { type, direction } = event.packet;
  if (type === 'PUBLISH') return begin(connection, event);
  if (type !== 'PUBACK' && type !== 'PUBREC' && type !== 'PUBREL' && type !== 'PUBCOMP') return { kind: 'other' };
  const { packetId = 0, code = 0 } = event.packet;
  // PUBREL goes the way of its PUBLISH, the others come back
  const isOutgoing = (type === 'PUBREL') === (direction === 'sent');
  const { session } = connection;
  const delivery = (isOutgoing ? session.outgoing : session.incoming).get(packetId);
  if (delivery === undefined) return session.isKnown ? { kind: 'stray' } : { kind: 'other' };
  const isWanted = delivery.stage === BEFORE[type] && delivery.qos === (type === 'PUBACK' ? 1 : 2);
  // after a reconnection either end may repeat what the other one has already seen
  const isRepetition = delivery.qos === 2 && type !== 'PUBACK' && delivery.connection !== connection;
  // paho answers a refusing PUBREC with PUBREL, which it need not
  const isAfterRefusal = delivery.refused !== undefined && (type === 'PUBREL' || type === 'PUBCOMP');
  if (!isWanted && !isRepetition && !isAfterRefusal) return { kind: 'stray' };
  delivery.seqs.push(event.seq);
  delivery.at = event.at;
  if (!isWanted) return { kind: 'continued', delivery };
  if (code === 0x10) delivery.hasNoSubscriber = true;
  if (code >= 0x80) delivery.refused = code;
  delivery.stage = code >= 0x80 ? 'done' : AFTER[type];
  if (delivery.stage !== 'done') return { kind: 'continued', delivery };
  delivery.doneOn = connection;
  return { kind: 'done', delivery };
}

function begin(connection: Connection, event: PacketEvent): Progress {
  const { packet } = event;
  const { qos = 0, packetId = 0, dup = false } = packet;
  const deliveries = packet.direction === 'sent' ? connection.session.outgoing : connection.session.incoming;
  const open = qos === 0 ? undefined : deliveries.get(packetId);
  if (open !== undefined && dup && isSameMessage(open.publish, event)) {
    open.seqs.push(event.seq);
    open.at = event.at;
    open.stage = 'published';
    return { kind: 'repeated', delivery: open };
  }
  const stage = qos === 0 ? 'done' : 'published';
  const delivery: Delivery = { publish: event, connection, qos, seqs: [event.seq], stage, at: event.at };
  if (qos === 0) return { kind: 'done', delivery };
  deliveries.set(packetId, delivery);
  return { kind: 'begun', delivery };
}

export function isSameMessage({ packet: one }: PacketEvent, { packet: other }: PacketEvent): boolean {
  return one.topic === other.topic && one.payload === other.payload && one.payloadBytes === other.payloadBytes;
}

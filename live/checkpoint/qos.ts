import type { PacketType } from '../../probes/mqtt/packet.ts';
import type { LiveEvent } from '../protocol.ts';
import type { Delivery, Subscription } from '../state/connection.ts';
import { subscriptionsTo } from '../state/messages.ts';
import type { Seen } from '../state/state.ts';
import { inOrder, type OpenProof, openParts } from './proof.ts';

export const QOS = [0, 1, 2];

/** Both hops of a message, once both are complete. */
export function bothHops(
  event: LiveEvent,
  { progress, message }: Seen,
): { sent: Delivery; copy: Delivery } | undefined {
  if (event.is !== 'packet' || progress.kind !== 'done' || message === undefined) return undefined;
  const { sent, received } = message;
  const copy = progress.delivery === sent ? received.at(-1) : progress.delivery;
  if (copy?.stage !== 'done' || sent.stage !== 'done' || sent.refused !== undefined) return undefined;
  return { sent, copy };
}

/** 2.2a: a message of each QoS on both hops. */
export const eachQos: OpenProof = () => {
  const parts = openParts(QOS);
  return {
    take(event, seen) {
      const hops = bothHops(event, seen);
      if (hops !== undefined && hops.sent.qos === hops.copy.qos)
        parts.add(hops.sent.qos, [...hops.sent.seqs, ...hops.copy.seqs]);
      return parts.all();
    },
  };
};

/** UNSUBSCRIBE, UNSUBACK and AUTH are no part of the checkpoint. */
export const TYPES: readonly PacketType[] = [
  ...(['CONNECT', 'CONNACK', 'SUBSCRIBE', 'SUBACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'] as const),
  ...(['PINGREQ', 'PINGRESP', 'DISCONNECT'] as const),
];

/** 2.2b: every kind of control packet. */
export const eachPacket: OpenProof = () => {
  const parts = openParts(TYPES);
  return {
    take(event, { progress }) {
      if (event.is === 'packet' && progress.kind !== 'stray') parts.add(event.packet.type, [event.seq]);
      return parts.all();
    },
  };
};

/** So many messages of each QoS, of one size on one topic between two connections, can be compared. */
export const COMPARED = 3;

/** 2.2c: bytes and latency of equal messages at each QoS. */
export const sizeAndLatency: OpenProof = () => {
  const found = new Map<string, Map<number, number[][]>>();
  return {
    take(event, seen) {
      const hops = bothHops(event, seen);
      if (hops === undefined || hops.sent.qos !== hops.copy.qos) return undefined;
      const { topic, payloadBytes } = hops.sent.publish.packet;
      // another connection may have another version, listener or place
      const ends = [hops.sent, hops.copy].map(({ connection }) => connection.begun.seq);
      const key = JSON.stringify([topic, payloadBytes, ...ends]);
      const byQos = found.get(key) ?? new Map<number, number[][]>();
      found.set(key, byQos);
      const messages = byQos.get(hops.sent.qos) ?? [];
      byQos.set(hops.sent.qos, [...messages, [...hops.sent.seqs, ...hops.copy.seqs]].slice(0, COMPARED));
      const all = QOS.map((qos) => byQos.get(qos) ?? []);
      return all.every(({ length }) => length === COMPARED) ? inOrder(all.flat(2)) : undefined;
    },
  };
};

/** 2.2d: published at QoS 2, subscribed at QoS 0. */
export const lowerQos: OpenProof = () => ({
  take(event, seen) {
    const hops = bothHops(event, seen);
    if (hops === undefined || hops.sent.qos !== 2 || hops.copy.qos !== 0) return undefined;
    const { sent, copy } = hops;
    const subscriptions = subscriptionsTo(copy.connection, sent.publish.packet.topic ?? '');
    const [subscription] = subscriptions;
    // a message from before the newest SUBACK may have an earlier QoS
    const isLow = ({ at, granted, grants }: Subscription) =>
      at < sent.publish.at ? granted === 0 : grants.every((qos) => qos === 0);
    if (subscription === undefined || !subscriptions.every(isLow)) return undefined;
    return inOrder([...subscription.seqs, ...sent.seqs, ...copy.seqs]);
  },
});

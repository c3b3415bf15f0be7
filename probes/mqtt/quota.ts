import type { Packet } from './packet.ts';

/**
 * Admits at most `limit` application messages among the packets that the broker sends. A message of QoS 2 counts when its
 * PUBLISH comes, since the PUBREC already takes it from the broker; the rest of its exchange is always admitted.
 */
export function quota(limit: number): (packet: Packet) => boolean {
  let left = limit;
  /** Admitted messages of QoS 2 that the broker has not released yet. */
  const open = new Set<number>();
  return ({ type, qos, packetId = 0, sessionPresent }) => {
    if (type === 'PUBREL') open.delete(packetId);
    if (type === 'CONNACK' && sessionPresent !== true) {
      // the broker has lost the session, and will never release these
      left += open.size;
      open.clear();
    }
    if (type !== 'PUBLISH' || (qos === 2 && open.has(packetId))) return true;
    if (left === 0) return false;
    left -= 1;
    if (qos === 2) open.add(packetId);
    return true;
  };
}

import type { Packet } from './packet.ts';

/**
 * Lets in as many application messages as `limit` says, and none beyond, judged by the packets that the broker sends. A message of QoS 2 is counted
 * when its PUBLISH comes, since its PUBREC takes it from the broker already; what completes it is always let in.
 */
export function quota(limit: number): (packet: Packet) => boolean {
  let left = limit;
  /** Messages of QoS 2 that were let in and that the broker has not released yet. */
  const open = new Set<number>();
  return ({ type, qos, packetId = 0, sessionPresent }) => {
    if (type === 'PUBREL') open.delete(packetId);
    if (type === 'CONNACK' && sessionPresent !== true) {
      // the broker has lost the session, and with it the release that would have handed these out
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

import type { Packet } from '../../probes/mqtt/packet.ts';

/** Whether a packet is a message that arrived with exactly this payload. */
export function isMessage(payload: Buffer): (packet: Packet) => boolean {
  return (packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.payload?.equals(payload) === true;
}

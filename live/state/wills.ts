import type { Connection, PacketEvent } from './connection.ts';
import { isAccepted } from './connection.ts';

/** The accepted connections whose last will has the topic and payload of this PUBLISH. */
export function ownersOfWill(connections: readonly Connection[], { packet }: PacketEvent): Connection[] {
  return connections.filter((connection) => {
    const will = connection.connect?.fields.will;
    if (will === undefined || !isAccepted(connection)) return false;
    return will.topic === packet.topic && will.payload === packet.payload;
  });
}

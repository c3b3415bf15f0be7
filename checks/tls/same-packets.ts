import { isDeepStrictEqual } from 'node:util';
import type { Packet } from '../../probes/mqtt/packet.ts';

/** What differs from one run of an exchange to the next: time, ids, and the payload with its nonce. */
type Comparable = Omit<Packet, 'at' | 'packetId' | 'payload'>;

/** How the packets of an exchange differ from those of the same exchange elsewhere; undefined: not at all. */
export function packetDifference(seen: readonly Packet[], wanted: readonly Packet[]): string | undefined {
  const [found, same] = [seen, wanted].map((packets) => packets.map(comparable));
  if (found === undefined || same === undefined) return undefined;
  for (const [index, packet] of found.entries()) {
    const other = same[index];
    if (other === undefined) return `${stepText(packet)} is one packet more`;
    const field = fieldsOf(packet, other).find((name) => !isDeepStrictEqual(packet[name], other[name]));
    if (field !== undefined)
      return `${stepText(packet)} has ${field} ${text(packet[field])}, not ${text(other[field])}`;
  }
  const missing = same[found.length];
  return missing === undefined ? undefined : `${stepText(missing)} is missing`;
}

function comparable({ at: _, packetId: __, payload: ___, connect, ...packet }: Packet): Comparable {
  return { ...packet, ...(connect === undefined ? {} : { connect: { ...connect, clientId: 'any' } }) };
}

function fieldsOf(one: Comparable, other: Comparable): (keyof Comparable)[] {
  const names: readonly (keyof Comparable)[] = [
    ...(['type', 'direction', 'bytes', 'qos', 'dup', 'retain', 'topic', 'payloadBytes', 'code', 'codes'] as const),
    ...(['filters', 'sessionPresent', 'connect', 'properties'] as const),
  ];
  return names.filter((name) => name in one || name in other);
}

function stepText({ direction, type }: Pick<Packet, 'direction' | 'type'>): string {
  return `${direction === 'sent' ? '→' : '←'} ${type}`;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

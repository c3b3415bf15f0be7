import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type Captured, comparable, PACKET_TYPES } from './capture.ts';

const EvidencePacket = z.object({
  direction: z.enum(['sent', 'received']),
  type: z.enum(PACKET_TYPES),
  bytes: z.number(),
  connect: z.object({ clientId: z.string() }).optional(),
});

type Evidence = { readonly clientId: string; readonly packets: Captured[] };

/** The packets in a record's evidence, from each CONNECT to the next. */
export function evidenceByClient(evidence: readonly unknown[]): Evidence[] {
  const clients: Evidence[] = [];
  for (const thing of evidence) {
    const { success, data } = EvidencePacket.safeParse(thing);
    if (!success) continue;
    if (data.connect !== undefined || clients.length === 0)
      clients.push({ clientId: data.connect?.clientId ?? '', packets: [] });
    clients.at(-1)?.packets.push(comparable(data));
  }
  return clients;
}

/**
 * The first packet of a client's evidence that a captured connection lacks; undefined where it has all. What has nothing
 * to do with a check is absent from its evidence, and this end may read a packet after it sent a later one.
 */
export function firstMissing(evidence: readonly Captured[], connection: readonly Captured[]): Captured | undefined {
  let rest = connection;
  for (const packet of evidence) {
    const at = rest.findIndex((seen) => isDeepStrictEqual(seen, packet));
    if (at < 0) return packet;
    const before = rest.slice(0, at).filter(({ direction }) => direction !== packet.direction);
    rest = [...before, ...rest.slice(at + 1)];
  }
  return undefined;
}

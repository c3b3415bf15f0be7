import type { Packet } from '../../probes/mqtt/packet.ts';
import { payloadText } from '../../probes/mqtt/packet-text.ts';

/** Packets as a record stores them: with the name of the client that saw them, and payloads as text. */
export function evidence(who: string, packets: readonly Packet[]): object[] {
  return packets.map(({ payload, connect, ...packet }) => ({
    who,
    ...packet,
    at: Math.round(packet.at * 1000) / 1000,
    ...(payload === undefined ? {} : { payload: payloadText(payload) }),
    ...(connect === undefined ? {} : { connect: { ...connect, will: willText(connect.will) } }),
  }));
}

/** The packets of a session that belong to a check. Messages of other clients must not get into the records. */
export function ownPackets(packets: readonly Packet[], payloads: readonly Buffer[]): Packet[] {
  const ids = new Set<number | undefined>();
  return packets.filter(({ type, payload, packetId, direction }) => {
    if (type === 'PUBLISH') {
      const isOwn = payload !== undefined && payloads.some((own) => own.equals(payload));
      if (isOwn && packetId !== undefined) ids.add(packetId);
      return isOwn;
    }
    if (!type.startsWith('PUB')) return direction === 'sent' || type !== 'PINGRESP';
    return ids.has(packetId);
  });
}

function willText(will: NonNullable<Packet['connect']>['will']) {
  return will === undefined ? undefined : { ...will, payload: payloadText(will.payload) };
}

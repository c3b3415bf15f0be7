import type { EventOf, LiveEvent, NewEvent, PacketView, Side } from '../../../../live/protocol.ts';

/** Milliseconds since 1970 of the first event. */
export const BEGIN = 1_800_000_000_000;

/** Numbers events from `first`, a millisecond apart. */
export function numbered(events: readonly NewEvent[], first = 1): LiveEvent[] {
  return events.map((event, index) => ({ ...event, seq: first + index, at: BEGIN + first + index }));
}

type PacketEvent = Omit<EventOf<'packet'>, 'seq' | 'at'>;

export function packet(side: Side, type: PacketView['type'], more: Partial<PacketView> = {}): PacketEvent {
  return { is: 'packet', side, packet: { direction: 'sent', type, bytes: 2, hex: 'c0 00', version: 5, ...more } };
}

type TcpEvent = Omit<EventOf<'tcp'>, 'seq' | 'at'>;

export function tcp(side: Side, what: EventOf<'tcp'>['what'], by?: EventOf<'tcp'>['by']): TcpEvent {
  return { is: 'tcp', side, what, ...(by === undefined ? {} : { by }) };
}

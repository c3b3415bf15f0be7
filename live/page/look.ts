import type { PacketView, Side } from '../protocol.ts';

/** Packets that look alike: one colour and one shape a family. */
export type Family = 'connection' | 'message' | 'acknowledgement' | 'subscription' | 'ping';

const FAMILIES: Readonly<Record<PacketView['type'], Family>> = {
  CONNECT: 'connection',
  CONNACK: 'connection',
  DISCONNECT: 'connection',
  AUTH: 'connection',
  PUBLISH: 'message',
  PUBACK: 'acknowledgement',
  PUBREC: 'acknowledgement',
  PUBREL: 'acknowledgement',
  PUBCOMP: 'acknowledgement',
  SUBSCRIBE: 'subscription',
  SUBACK: 'subscription',
  UNSUBSCRIBE: 'subscription',
  UNSUBACK: 'subscription',
  PINGREQ: 'ping',
  PINGRESP: 'ping',
};

/** Packets of the checkpoint's step about all kinds. */
export const CHECKPOINT_TYPES = (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).filter(
  (type) => type !== 'UNSUBSCRIBE' && type !== 'UNSUBACK' && type !== 'AUTH',
);

export const FAMILY_NAMES: readonly (readonly [Family, string])[] = [
  ['connection', 'CONNECT, DISCONNECT'],
  ['message', 'PUBLISH'],
  ['acknowledgement', 'acknowledgements of QoS 1 and 2'],
  ['subscription', 'SUBSCRIBE'],
  ['ping', 'PINGREQ, PINGRESP'],
];

export function familyOf(type: PacketView['type']): Family {
  return FAMILIES[type];
}

/** In a square of 12 by 12. */
export const SHAPES: Readonly<Record<Family, string>> = {
  connection: 'M1.5 1.5h9v9h-9z',
  message: 'M6 1a5 5 0 1 1 0 10a5 5 0 0 1 0-10z',
  acknowledgement: 'M6 .5l5.5 5.5l-5.5 5.5l-5.5-5.5z',
  subscription: 'M6 1l5.5 10h-11z',
  ping: 'M.5 1h11l-5.5 10z',
};

/** Whether its shape is hollow: an answer to a packet. */
export function isAnswer(type: PacketView['type']): boolean {
  return /ACK$|^PUBREC$|^PUBCOMP$|^PINGRESP$/.test(type);
}

/** From whom a packet goes to whom. */
export function endsOf(side: Side, { direction }: PacketView): readonly [from: string, to: string] {
  return direction === 'sent' ? [side, 'broker'] : ['broker', side];
}

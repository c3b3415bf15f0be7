/** Control packets of MQTT 3.1.1 and 5, by the standards' names. */
export const PACKET_TYPES = [
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const;
export type PacketType = (typeof PACKET_TYPES)[number];

/** A control packet, with the fields that its client shows. */
export type Packet = {
  /** As the client sees it. */
  readonly direction: 'sent' | 'received';
  readonly type: PacketType;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** Bytes of MQTT with the fixed header; absent where the client does not show them. */
  readonly bytes?: number;
  readonly packetId?: number;
  readonly qos?: number;
  readonly dup?: boolean;
  readonly retain?: boolean;
  readonly topic?: string;
  readonly payload?: Buffer;
  readonly payloadBytes?: number;
  /** Return code (3.1.1) or reason code (5). */
  readonly code?: number;
  /** One code for each filter, in SUBACK and UNSUBACK. */
  readonly codes?: readonly number[];
  readonly filters?: readonly Filter[];
  readonly sessionPresent?: boolean;
  readonly connect?: ConnectFields;
  /** MQTT 5, each as text: `reasonString "no"`; absent where the packet has none. */
  readonly properties?: readonly string[];
};

export function isReceived({ direction }: Pick<Packet, 'direction'>): boolean {
  return direction === 'received';
}

export type Filter = { readonly filter: string; readonly qos?: number };

/** The fields of a CONNECT, without the password itself. */
export type ConnectFields = {
  readonly version: number;
  readonly clientId: string;
  readonly clean: boolean;
  readonly keepAlive: number;
  readonly user?: string;
  readonly hasPassword: boolean;
  readonly will?: Will;
};

export type Will = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
};

/** Milliseconds since 1970, with fractions; never goes back. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

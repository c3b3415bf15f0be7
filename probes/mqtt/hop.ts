import type { Packet, PacketType } from './packet.ts';
import type { QoS, Version } from './session.ts';

/** A control packet of a delivery; without bytes where the client does not show them. */
export type Step = { readonly direction: Packet['direction']; readonly type: PacketType; readonly bytes?: number };

const ACKNOWLEDGEMENT_BYTES = 4;

/** A message between a client and its broker. */
export type Delivery = {
  readonly qos: QoS;
  readonly topic: string;
  readonly payloadBytes: number;
  /** @default 4 */
  readonly version?: Version;
};

/**
 * The control packets of one delivery, and their sizes, as the client sees them (MQTT 3.1.1 and 5, 4.3 and 3.3 – 3.7).
 * Over MQTT 5 these are the smallest: without properties and reason code.
 */
export function hop(role: 'publisher' | 'subscriber', delivery: Delivery): Step[] {
  const { qos } = delivery;
  const [from, to] = role === 'publisher' ? (['sent', 'received'] as const) : (['received', 'sent'] as const);
  const publish: Step = { direction: from, type: 'PUBLISH', bytes: publishBytes(delivery) };
  const bytes = ACKNOWLEDGEMENT_BYTES;
  if (qos === 0) return [publish];
  if (qos === 1) return [publish, { direction: to, type: 'PUBACK', bytes }];
  return [
    publish,
    { direction: to, type: 'PUBREC', bytes },
    { direction: from, type: 'PUBREL', bytes },
    { direction: to, type: 'PUBCOMP', bytes },
  ];
}

/** Size of a PUBLISH: fixed header, topic with its length, packet id above QoS 0, over MQTT 5 the length of the properties (0), payload. */
export function publishBytes({ qos, topic, payloadBytes, version = 4 }: Delivery): number {
  const remaining = 2 + Buffer.byteLength(topic) + (qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0) + payloadBytes;
  return 1 + lengthBytes(remaining) + remaining;
}

function lengthBytes(remaining: number): number {
  if (remaining < 128) return 1;
  if (remaining < 16_384) return 2;
  return remaining < 2_097_152 ? 3 : 4;
}

/**
 * The control packets of the delivery that this PUBLISH began, in order. It ends before the next delivery with the same
 * packet id, which a broker may reuse as soon as it is free (MQTT-2.3.1-4).
 */
export function deliveryOf(publish: Packet, packets: readonly Packet[]): Packet[] {
  if (publish.packetId === undefined) return [publish];
  const other = publish.direction === 'sent' ? 'received' : 'sent';
  const towards: Partial<Record<PacketType, Packet['direction']>> = {
    PUBLISH: publish.direction,
    PUBACK: other,
    PUBREC: other,
    PUBREL: publish.direction,
    PUBCOMP: other,
  };
  const delivery: Packet[] = [];
  let isDone = false;
  for (const packet of packets.slice(packets.indexOf(publish))) {
    if (packet.packetId !== publish.packetId || towards[packet.type] !== packet.direction) continue;
    if (packet.type === 'PUBLISH' && isDone) break;
    delivery.push(packet);
    isDone ||= endsDelivery(packet);
  }
  return delivery;
}

/** PUBACK, PUBCOMP, or a PUBREC that refuses (MQTT 5, 4.3.3). */
function endsDelivery({ type, code = 0 }: Packet): boolean {
  return type === 'PUBACK' || type === 'PUBCOMP' || (type === 'PUBREC' && code >= 0x80);
}

export function stepsOf(packets: readonly Packet[]): Step[] {
  return packets.map(({ direction, type, bytes }) => ({ direction, type, ...(bytes === undefined ? {} : { bytes }) }));
}

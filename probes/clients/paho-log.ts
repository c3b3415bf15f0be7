import { PACKET_TYPES, type Packet } from '../mqtt/packet.ts';

/**
 * The control packet in a line that paho-mqtt 1.6 or 2.1 logs, or undefined; `at` is when the line came. It has no topic,
 * since paho-mqtt logs it in Python's notation.
 *
 *     Received PUBLISH (d0, q1, r0, m3), 'status', ...  (4 bytes)
 *     Sending PUBACK (Mid: 3)
 */
export function parsePahoLog(text: string, at: number): Packet | undefined {
  const match = /^(Sending|Received) ([A-Z]+)\b/.exec(text);
  const type = PACKET_TYPES.find((name) => name === match?.[2]);
  if (match === null || type === undefined) return undefined;
  const packet = { direction: match[1] === 'Sending' ? 'sent' : 'received', type, at } as const;
  if (type !== 'PUBLISH') {
    const id = /\(Mid: (\d+)\)/.exec(text)?.[1];
    return id === undefined ? packet : { ...packet, packetId: Number(id) };
  }
  const fields = /\(d(\d), q(\d), r(\d), m(\d+)\)/.exec(text);
  if (fields === null) return packet;
  const [, dup, qos, retain, id] = fields;
  const payloadBytes = Number(/\((\d+) bytes\)$/.exec(text)?.[1] ?? 0);
  const flags = { dup: dup === '1', qos: Number(qos), retain: retain === '1', payloadBytes };
  return { ...packet, ...flags, ...(qos === '0' ? {} : { packetId: Number(id) }) };
}

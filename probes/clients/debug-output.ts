import { PACKET_TYPES, type Packet, type PacketType } from '../mqtt/packet.ts';

/** A message as mosquitto_sub prints it with MESSAGE_FORMAT. */
export type Message = {
  /** 0 for QoS 0. */
  readonly packetId: number;
  readonly qos: number;
  readonly retain: boolean;
  readonly payload: Buffer;
  readonly topic: string;
};

/** For `mosquitto_sub -F`: the payload in hexadecimal, to get every byte; the topic last, since it may contain spaces. */
export const MESSAGE_FORMAT = 'MESSAGE %m %q %r %x %t';

export function parseMessage(line: string): Message | undefined {
  const match = /^MESSAGE (\d+) ([012]) ([01]) ([0-9a-f]*) (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, packetId, qos, retain, hex = '', topic = ''] = match;
  return {
    packetId: Number(packetId),
    qos: Number(qos),
    retain: retain === '1',
    payload: Buffer.from(hex, 'hex'),
    topic,
  };
}

const PACKET = /^Client .* (sending|received) ([A-Z]+)(?: \((.*)\))?$/;

/**
 * The control packet in a line of `mosquitto_sub -d` or `mosquitto_pub -d`, or undefined; `at` is when the line came.
 *
 *     Client pi received PUBLISH (d0, q2, r0, m2, 'status', ... (4 bytes))
 *     Client pi sending PUBREC (m2, rc0)
 *
 * The line after a SUBACK has its id and codes (`Subscribed (mid: 1): 2`). The clients never print bytes on the wire.
 */
export function parseDebugLine(line: string, at: number): Packet | undefined {
  const granted = /^Subscribed \(mid: (\d+)\): (.*)$/.exec(line);
  if (granted !== null) {
    const codes = (granted[2] ?? '').split(',').map(Number);
    return { direction: 'received', type: 'SUBACK', at, packetId: Number(granted[1]), codes };
  }
  const match = PACKET.exec(line);
  const type = PACKET_TYPES.find((name) => name === match?.[2]);
  if (match === null || type === undefined || type === 'SUBACK') return undefined;
  const direction = match[1] === 'sending' ? 'sent' : 'received';
  return { direction, type, at, ...detailsOf(type, match[3] ?? '') };
}

function detailsOf(type: PacketType, text: string): Partial<Packet> {
  if (type === 'CONNACK') return { code: Number(text) };
  if (type === 'PUBLISH') return publishDetails(text);
  const id = /\bm(?:id: )?(\d+)/i.exec(text)?.[1];
  const code = /\brc:?(\d+)/i.exec(text)?.[1];
  return {
    ...(id === undefined ? {} : { packetId: Number(id) }),
    ...(code === undefined ? {} : { code: Number(code) }),
    ...filterDetails(type, text),
  };
}

function filterDetails(type: PacketType, text: string): Partial<Packet> {
  if (type !== 'SUBSCRIBE' && type !== 'UNSUBSCRIBE') return {};
  const filter = /Topic: (.*?)(?:, QoS: \d.*)?$/.exec(text)?.[1];
  const qos = /, QoS: (\d)/.exec(text)?.[1];
  if (filter === undefined) return {};
  return { filters: [qos === undefined ? { filter } : { filter, qos: Number(qos) }] };
}

/** `d0, q2, r0, m2, 'status', ... (4 bytes)`; for QoS 0 the client prints an id that the wire does not have. */
function publishDetails(text: string): Partial<Packet> {
  const match = /^d(\d), q(\d), r(\d), m(\d+), '(.*)', \.\.\. \((\d+) bytes\)$/.exec(text);
  if (match === null) return {};
  const [, dup, qos, retain, id, topic = '', payloadBytes] = match;
  return {
    dup: dup === '1',
    qos: Number(qos),
    retain: retain === '1',
    topic,
    payloadBytes: Number(payloadBytes),
    ...(qos === '0' ? {} : { packetId: Number(id) }),
  };
}

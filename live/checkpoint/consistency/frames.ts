import { isDeepStrictEqual } from 'node:util';
import { errorMessage } from '../../../base/errors.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import { openWire } from '../../../probes/mqtt/wire.ts';
import type { PacketView } from '../../protocol.ts';
import { viewOf } from '../../view.ts';
import type { OpenRule } from './rule.ts';

/** The bytes of each packet decode to the fields beside them. */
export const frameRule: OpenRule = () => (event) => (event.is === 'packet' ? problemsOf(event.packet) : []);

const HIDDEN = '**';
/** Bytes of a frame that the transcript has of a longer one. */
const LONGEST_FRAME = 512;

function problemsOf(packet: PacketView): string[] {
  const shown = packet.hex.split(' ');
  if (!shown.every((byte) => /^([0-9a-f]{2}|\*\*)$/.test(byte))) return ['its bytes are not in hexadecimal'];
  const hidden = shown.indexOf(HIDDEN);
  if (hidden >= 0 && (packet.connect?.hasPassword !== true || shown.slice(hidden).some((byte) => byte !== HIDDEN)))
    return ['bytes are hidden that are no password'];
  if (shown.length !== Math.min(packet.bytes, LONGEST_FRAME))
    return [`it has ${shown.length} bytes in hexadecimal, but its length is ${packet.bytes}`];
  const known = Buffer.from(shown.map((byte) => (byte === HIDDEN ? '00' : byte)).join(''), 'hex');
  // a password whose place is unknown hides all but the first byte
  if (hidden === 1) return typeOf(known) === packet.type ? [] : [`its first byte is not that of ${packet.type}`];
  const length = frameLength(known);
  if (length !== packet.bytes) return [`its header says ${length ?? 'no'} bytes, but its length is ${packet.bytes}`];
  if (typeOf(known) !== packet.type) return [`its first byte is not that of ${packet.type}`];
  const isCut = known.length < packet.bytes;
  if (isCut && packet.type !== 'PUBLISH') return [];
  const frame = Buffer.concat([known, Buffer.alloc(packet.bytes - known.length)]);
  try {
    return differences(packet, viewed(packet, frame), isCut ? known : undefined);
  } catch (error) {
    return [`its bytes are no control packet: ${errorMessage(error)}`];
  }
}

/** A CONNECT that makes a wire speak MQTT 5. */
const CONNECT_5 = Buffer.from('100d00044d51545405020000000000', 'hex');

function viewed({ direction, version }: PacketView, frame: Buffer): PacketView {
  const wire = openWire();
  if (version === 5) wire.take('sent', CONNECT_5, 0);
  const decoded: readonly Packet[] = wire.take(direction, frame, 0);
  const [first] = decoded;
  if (first === undefined || decoded.length > 1) throw new Error('not one packet');
  if (first.connect !== undefined && first.connect.version !== version) throw new Error('CONNECT of another version');
  return viewOf(first, frame, version, undefined);
}

function differences(packet: PacketView, decoded: PacketView, cut: Buffer | undefined): string[] {
  const names = Object.keys({ ...packet, ...decoded }) as (keyof PacketView)[];
  const differing = names.filter((name) => {
    if (name === 'hex' || (name === 'payload' && cut !== undefined)) return false;
    return !isDeepStrictEqual(packet[name], decoded[name]);
  });
  if (cut !== undefined && !beginsAlike(packet, cut)) differing.push('payload');
  return differing.map((name) => `${name} is not what its bytes say`);
}

/** Whether the shown part of a long payload is that of the bytes, as far as both go. */
function beginsAlike({ payload = '', payloadBytes = 0, bytes }: PacketView, known: Buffer): boolean {
  const text = payload.replace(/…$/, '');
  const asText = Buffer.from(text);
  const asHex = Buffer.from(text.replace(/^0x/, ''), 'hex');
  const rest = known.subarray(bytes - payloadBytes);
  return [asText, asHex].some((begin) => {
    const common = Math.min(begin.length, rest.length);
    return common > 0 && begin.subarray(0, common).equals(rest.subarray(0, common));
  });
}

/** By the first four bits (MQTT 3.1.1 and 5, 2.1.2). */
const TYPES = [
  ...['', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE', 'SUBACK'],
  ...['UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH'],
];

function typeOf(frame: Buffer): string | undefined {
  return TYPES[(frame[0] ?? 0) >> 4];
}

/** The length that the fixed header gives (MQTT 3.1.1, 2.2.3). */
function frameLength(frame: Buffer): number | undefined {
  let remaining = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = frame[index];
    if (byte === undefined) return undefined;
    remaining += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return 1 + index + remaining;
  }
  return undefined;
}

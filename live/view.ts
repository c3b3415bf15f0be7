import { isUtf8 } from 'node:buffer';
import type { Secret } from '../base/secret.ts';
import { spacedHex } from '../probes/mqtt/handshake.ts';
import type { Packet } from '../probes/mqtt/packet.ts';
import type { PacketView } from './protocol.ts';

/** Bytes of a frame that the page gets at most, and characters of a payload. */
const LONGEST_FRAME = 512;
const LONGEST_PAYLOAD = 500;
/** Stands for a byte of a password. */
const HIDDEN = '**';

/** A recorded packet as the page and the saved file have it: without the password, and with long payloads cut. */
export function viewOf(packet: Packet, frame: Buffer, version: 4 | 5, password: Secret | undefined): PacketView {
  const {
    at: _,
    bytes = frame.length,
    payload,
    properties,
    filters,
    code,
    codes,
    connect,
    direction,
    type,
    ...fields
  } = packet;
  // over MQTT 3.1.1 only these two have codes on the wire
  const hasCode = version === 5 || type === 'CONNACK' || type === 'SUBACK';
  return {
    ...{ direction, type, bytes, version },
    hex:
      packet.connect?.hasPassword === true ? hiddenHex(frame, password) : spacedHex(frame.subarray(0, LONGEST_FRAME)),
    ...fields,
    ...(payload === undefined ? {} : { payload: payloadText(payload) }),
    ...(properties === undefined ? {} : { properties: [...properties] }),
    ...(filters === undefined ? {} : { filters: filters.map((filter) => ({ ...filter })) }),
    ...(code === undefined || !hasCode ? {} : { code }),
    ...(codes === undefined || !hasCode ? {} : { codes: [...codes] }),
    ...(connect === undefined ? {} : { connect: connectView(connect) }),
  };
}

function connectView({ version: _, will, ...fields }: NonNullable<Packet['connect']>): PacketView['connect'] {
  return { ...fields, ...(will === undefined ? {} : { will: { ...will, payload: payloadText(will.payload) } }) };
}

/** The password is the last field of a CONNECT (MQTT 3.1.1 and 5, 3.1.3). Where it is not the expected one, all after the first byte is hidden. */
function hiddenHex(frame: Buffer, password: Secret | undefined): string {
  const known = Buffer.from(password?.reveal() ?? '');
  const begin = frame.length - known.length;
  const isKnown =
    known.length > 0 && frame.subarray(begin).equals(known) && frame.readUInt16BE(begin - 2) === known.length;
  const from = isKnown ? begin : 1;
  const shown = [...frame].map((byte, index) => (index < from ? byte.toString(16).padStart(2, '0') : HIDDEN));
  return shown.slice(0, LONGEST_FRAME).join(' ');
}

function payloadText(payload: Buffer): string {
  const text = isUtf8(payload) ? payload.toString() : `0x${payload.toString('hex')}`;
  return text.length > LONGEST_PAYLOAD ? `${text.slice(0, LONGEST_PAYLOAD)}…` : text;
}

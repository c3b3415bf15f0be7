import type { PacketType } from '../probes/mqtt/packet.ts';
import * as read from './bytes/packets.ts';
import { ByteReader, EndOfBytes, type Meaning } from './bytes/reader.ts';

export type { Meaning } from './bytes/reader.ts';

type Reading = (frame: read.Frame) => void;
const nothing: Reading = () => undefined;

/** By the first four bits of a packet (MQTT 5, table 2-1). */
const TYPES: readonly (readonly [PacketType, Reading] | undefined)[] = [
  undefined,
  ['CONNECT', read.readConnect],
  ['CONNACK', read.readConnack],
  ['PUBLISH', read.readPublish],
  ['PUBACK', read.readAcknowledgement],
  ['PUBREC', read.readAcknowledgement],
  ['PUBREL', read.readAcknowledgement],
  ['PUBCOMP', read.readAcknowledgement],
  ['SUBSCRIBE', read.readSubscribe],
  ['SUBACK', read.readCodes],
  ['UNSUBSCRIBE', read.readUnsubscribe],
  ['UNSUBACK', read.readCodes],
  ['PINGREQ', nothing],
  ['PINGRESP', nothing],
  ['DISCONNECT', read.readReasonOnly],
  ['AUTH', read.readReasonOnly],
];

/**
 * What each byte of a control packet means, in the order of the bytes. `hex`: bytes in hexadecimal with spaces, `**` where one
 * is hidden; it may be cut. A field that is cut says so in its value.
 */
export function meaningOf(hex: string, version: 4 | 5): Meaning[] {
  const reader = new ByteReader(hex);
  try {
    readPacket(reader, version);
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
  }
  return reader.meanings;
}

function readPacket(reader: ByteReader, version: number): void {
  const first = reader.byte('packet type', (value) => {
    const name = TYPES[value >> 4]?.[0] ?? 'reserved';
    return name === 'PUBLISH' ? `${name}, ${read.publishFlags(value)}` : name;
  });
  const length = reader.varint('remaining length');
  const [type, readRest] = TYPES[first >> 4] ?? [];
  const end = reader.at + length;
  if (type !== undefined) readRest?.({ reader, type, flags: first & 15, version, end });
  if (reader.at < end) reader.run('unknown bytes', end - reader.at, () => '');
}

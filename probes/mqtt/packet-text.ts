import { isUtf8 } from 'node:buffer';
import { codeText } from './code-text.ts';
import { spacedHex } from './handshake.ts';
import type { ConnectFields, Packet } from './packet.ts';

const LONGEST_PAYLOAD = 60;
/** Bytes of the longest packet that is also shown in hexadecimal. */
const LONGEST_HEX = 32;

/** A packet as one line: `→ PUBLISH status "hello" qos 1 id 1  17 bytes`; `→` sent, `←` received. Shows no password. */
export function packetLine(packet: Packet): string {
  const words = [packet.direction === 'sent' ? '→' : '←', packet.type, ...fieldWords(packet)];
  const bytes = packet.bytes === undefined ? '' : `  ${packet.bytes} bytes`;
  return `${words.join(' ')}${bytes}`;
}

/** The packet's line after its time (UTC); with its bytes where it is short and has no password: `…Z ← PINGRESP  2 bytes: d0 00`. */
export function debugLine(packet: Packet, frame: Buffer): string {
  const clock = new Date(packet.at).toISOString().slice(11);
  const isShown = frame.length <= LONGEST_HEX && packet.connect?.hasPassword !== true;
  return `${clock} ${packetLine(packet)}${isShown ? `: ${spacedHex(frame)}` : ''}`;
}

/** A payload for people: quoted text, or hexadecimal where it is not UTF-8; cut when long. */
export function payloadText(payload: Buffer): string {
  const shown = payload.subarray(0, LONGEST_PAYLOAD);
  const cut = payload.length > shown.length ? '…' : '';
  return isUtf8(payload) ? `${JSON.stringify(shown.toString())}${cut}` : `0x${shown.toString('hex')}${cut}`;
}

function fieldWords(packet: Packet): string[] {
  const words: string[] = [];
  const { type, connect, filters, code, codes = [], properties = [] } = packet;
  if (connect !== undefined) words.push(...connectWords(connect));
  if (packet.topic !== undefined) words.push(packet.topic);
  if (packet.payload !== undefined) words.push(payloadText(packet.payload));
  if (filters !== undefined) words.push(filters.map(filterText).join(', '));
  if (packet.qos !== undefined) words.push(`qos ${packet.qos}`);
  if (packet.retain === true) words.push('retain');
  if (packet.dup === true) words.push('dup');
  if (packet.packetId !== undefined) words.push(`id ${packet.packetId}`);
  if (packet.sessionPresent === true) words.push('session present');
  if (code !== undefined && (type === 'CONNACK' || code !== 0)) words.push(codeText(type, code));
  if (codes.length > 0) words.push(codes.map((one) => codeText(type, one)).join(', '));
  if (properties.length > 0) words.push(`{ ${properties.join(', ')} }`);
  return words;
}

function filterText({ filter, qos }: { filter: string; qos?: number }): string {
  return qos === undefined ? filter : `${filter} (qos ${qos})`;
}

function connectWords({ version, clientId, clean, keepAlive, user, hasPassword, will }: ConnectFields): string[] {
  return [
    version === 5 ? 'MQTT 5' : 'MQTT 3.1.1',
    `client ${JSON.stringify(clientId)}`,
    clean ? 'clean' : 'persistent',
    `keep alive ${keepAlive} s`,
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(hasPassword ? ['with password'] : []),
    ...(will === undefined
      ? []
      : [`will ${will.topic} ${payloadText(will.payload)} qos ${will.qos}${will.retain ? ' retain' : ''}`]),
  ];
}

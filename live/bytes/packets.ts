import { codeText } from '../../probes/mqtt/code-text.ts';
import type { PacketType } from '../../probes/mqtt/packet.ts';
import { readProperties } from './properties.ts';
import { type ByteReader, textOf } from './reader.ts';

/** What is read after the fixed header. `end`: where the packet ends by its remaining length. */
export type Frame = {
  readonly reader: ByteReader;
  readonly type: PacketType;
  /** The low four bits of the first byte. */
  readonly flags: number;
  readonly version: number;
  readonly end: number;
};

const listed = (parts: readonly (string | false)[]) => parts.filter((part) => part !== false).join(', ');
const wordsOf = (type: PacketType) => (code: number) =>
  code === 0 && type !== 'CONNACK' && type !== 'SUBACK' ? '0 (success)' : codeText(type, code).replace(/^code /, '');

/** Flags of a PUBLISH's first byte: `DUP, QoS 1, retain`. */
export function publishFlags(flags: number): string {
  return listed([(flags & 8) !== 0 && 'DUP', `QoS ${(flags >> 1) & 3}`, (flags & 1) !== 0 && 'retain']);
}

export function readConnect({ reader, version: expected }: Frame): void {
  reader.text('protocol name');
  const version = reader.byte('protocol level', (level) => `${level} (MQTT ${level === 5 ? '5' : '3.1.1'})`);
  const isFive = (version || expected) === 5;
  const flags = reader.byte('connect flags', (value) => connectFlags(value, isFive));
  reader.uint16('keep alive', (seconds) => (seconds === 0 ? '0 (off)' : `${seconds} s`));
  if (isFive) readProperties(reader);
  reader.text('client id');
  if ((flags & 0x04) !== 0) {
    if (isFive) readProperties(reader, 'will ');
    reader.text('will topic');
    reader.binary('will payload');
  }
  if ((flags & 0x80) !== 0) reader.text('user name');
  if ((flags & 0x40) !== 0) reader.binary('password');
}

const CLEAN = { 4: 'clean session', 5: 'clean start' };
const KEEPS = { 4: 'keeps its session', 5: 'resumes a session if there is one' };

function connectFlags(value: number, isFive: boolean): string {
  const hasWill = (value & 0x04) !== 0;
  return listed([
    (value & 0x80) !== 0 && 'user name',
    (value & 0x40) !== 0 && 'password',
    hasWill && `will with QoS ${(value >> 3) & 3}`,
    hasWill && (value & 0x20) !== 0 && 'will retained',
    (value & 0x02) !== 0 ? CLEAN[isFive ? 5 : 4] : KEEPS[isFive ? 5 : 4],
  ]);
}

export function readConnack({ reader, type, version }: Frame): void {
  reader.byte('acknowledge flags', (value) => ((value & 1) === 1 ? 'session present' : 'no session present'));
  reader.byte(version === 5 ? 'reason code' : 'return code', wordsOf(type));
  if (version === 5) readProperties(reader);
}

export function readPublish({ reader, flags, version, end }: Frame): void {
  reader.text('topic');
  if (((flags >> 1) & 3) > 0) reader.uint16('packet id');
  if (version === 5) readProperties(reader);
  reader.run('payload', end - reader.at, textOf);
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP. MQTT 5 leaves a reason code 0 and empty properties out (3.4.2.1). */
export function readAcknowledgement({ reader, type, end }: Frame): void {
  reader.uint16('packet id');
  readReason(reader, type, end);
}

/** DISCONNECT and AUTH. */
export function readReasonOnly({ reader, type, end }: Frame): void {
  readReason(reader, type, end);
}

function readReason(reader: ByteReader, type: PacketType, end: number): void {
  if (reader.at < end) reader.byte('reason code', wordsOf(type));
  if (reader.at < end) readProperties(reader);
}

export function readSubscribe({ reader, version, end }: Frame): void {
  reader.uint16('packet id');
  if (version === 5) readProperties(reader);
  while (reader.at < end) {
    reader.text('topic filter');
    reader.byte(version === 5 ? 'subscription options' : 'requested QoS', (value) => options(value, version));
  }
}

const RETAIN_HANDLING = ['', 'retained messages only for a new subscription', 'no retained messages'];

function options(value: number, version: number): string {
  if (version !== 5) return `QoS ${value & 3}`;
  return listed([
    `QoS ${value & 3}`,
    (value & 4) !== 0 && 'no local',
    (value & 8) !== 0 && 'retain as published',
    RETAIN_HANDLING[(value >> 4) & 3] || false,
  ]);
}

/** SUBACK and UNSUBACK: a code for each filter, which an UNSUBACK of 3.1.1 does not have. */
export function readCodes({ reader, type, version, end }: Frame): void {
  reader.uint16('packet id');
  if (version === 5) readProperties(reader);
  while (reader.at < end) reader.byte(version === 5 ? 'reason code' : 'return code', wordsOf(type));
}

export function readUnsubscribe({ reader, version, end }: Frame): void {
  reader.uint16('packet id');
  if (version === 5) readProperties(reader);
  while (reader.at < end) reader.text('topic filter');
}

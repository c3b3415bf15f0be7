import test from 'ava';
import { codeText } from '../../../../probes/mqtt/code-text.ts';
import type { PacketType } from '../../../../probes/mqtt/packet.ts';
import { debugLine } from '../../../../probes/mqtt/packet-text.ts';
import { openWire } from '../../../../probes/mqtt/wire.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const CONNECT_5 = bytes('10 13 00 04 4d 51 54 54 05 02 00 3c 05 11 00 00 0e 10 00 01 61');
const WITH_PASSWORD = bytes('10 16 00 04 4d 51 54 54 05 c2 00 0a 00 00 02 63 31 00 01 61 00 02 70 77');

const LINES: readonly (readonly [string, Buffer, string])[] = [
  ['the bytes of a short packet', bytes('d0 00'), '03:04:05.678Z ← PINGRESP  2 bytes: d0 00'],
  [
    'a refusal in words',
    bytes('20 03 00 87 00'),
    '03:04:05.678Z ← CONNACK code 0x87 (not authorised)  5 bytes: 20 03 00 87 00',
  ],
  [
    'properties and the reason string of MQTT 5',
    bytes('40 0a 00 01 87 06 1f 00 03 6e 6f 21'),
    '03:04:05.678Z ← PUBACK id 1 code 0x87 (not authorised) { reasonString "no!" }  12 bytes: 40 0a 00 01 87 06 1f 00 03 6e 6f 21',
  ],
];

for (const [name, frame, line] of LINES) {
  test(`shows ${name}`, (t) => {
    const wire = openWire();
    wire.take('sent', CONNECT_5, AT);
    t.deepEqual(
      wire.take('received', frame, AT).map((packet) => debugLine(packet, frame)),
      [line],
    );
  });
}

test('shows the properties and the bytes of a CONNECT without a password', (t) => {
  const [packet] = openWire().take('sent', CONNECT_5, AT);
  const line = packet === undefined ? '' : debugLine(packet, CONNECT_5);
  t.regex(line, /persistent|clean/);
  t.regex(line, /\{ sessionExpiryInterval 3600 \} {2}21 bytes: 10 13 00/);
});

test('shows no byte of a CONNECT with a password', (t) => {
  const [packet] = openWire().take('sent', WITH_PASSWORD, AT);
  const line = packet === undefined ? '' : debugLine(packet, WITH_PASSWORD);
  t.regex(line, /with password {2}24 bytes$/);
});

test('shows no byte of a long packet', (t) => {
  const frame = Buffer.concat([bytes('30 1f 00 01 61'), Buffer.alloc(28, 'x')]);
  const [packet] = openWire().take('received', frame, AT);
  t.regex(packet === undefined ? '' : debugLine(packet, frame), / {2}33 bytes$/);
});

const CODES: readonly (readonly [PacketType, number, string])[] = [
  ['CONNACK', 0, 'code 0 (accepted)'],
  ['CONNACK', 2, 'code 2 (client id refused)'],
  ['CONNACK', 5, 'code 5 (not authorised)'],
  ['CONNACK', 6, 'code 6'],
  ['CONNACK', 0x86, 'code 0x86 (bad user name or password)'],
  ['SUBACK', 1, 'code 1 (QoS 1 granted)'],
  ['SUBACK', 0x80, 'code 0x80 (refused, no reason given)'],
  ['PUBACK', 16, 'code 16 (nobody has subscribed)'],
  ['DISCONNECT', 0x8e, 'code 0x8e (session taken over)'],
  ['DISCONNECT', 0xff, 'code 0xff'],
];

for (const [type, code, text] of CODES) {
  test(`explains the code of ${type}: ${text}`, (t) => t.is(codeText(type, code), text));
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

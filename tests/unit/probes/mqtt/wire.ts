import test from 'ava';
import { packetLine } from '../../../../probes/mqtt/packet-text.ts';
import { cutFrames, openWire } from '../../../../probes/mqtt/wire.ts';

type Case = { name: string; sent?: string; hex: string; line: string };

/** Captured between mqtt.js or mosquitto_sub and Mosquitto 2.0.11. */
const CONNECT_5 = '10 16 00 04 4d 51 54 54 05 c2 00 0a 00 00 02 63 31 00 01 61 00 02 70 77 ';
const CASES: readonly Case[] = [
  {
    name: 'CONNECT shows only whether it has a password',
    sent: '10 1a 00 04 4d 51 54 54 04 c2 00 3c 00 02 63 31 00 03 73 61 6d 00 05 73 61 6d 70 77',
    hex: '',
    line: '→ CONNECT MQTT 3.1.1 client "c1" clean keep alive 60 s user sam with password  28 bytes',
  },
  { name: 'CONNACK accepted', hex: '20 02 00 00', line: '← CONNACK code 0 (accepted)  4 bytes' },
  { name: 'CONNACK with a session', hex: '20 02 01 00', line: '← CONNACK session present code 0 (accepted)  4 bytes' },
  { name: 'CONNACK refused', hex: '20 02 00 05', line: '← CONNACK code 5 (not authorised)  4 bytes' },
  {
    name: 'CONNACK refused, MQTT 5',
    sent: CONNECT_5,
    hex: '20 03 00 87 00',
    line: '← CONNACK code 0x87 (not authorised)  5 bytes',
  },
  {
    name: 'PUBLISH QoS 0',
    hex: '30 0d 00 06 73 74 61 74 75 73 68 65 6c 6c 6f',
    line: '← PUBLISH status "hello" qos 0  15 bytes',
  },
  {
    name: 'PUBLISH QoS 2, retained, again',
    hex: '3d 0d 00 06 73 74 61 74 75 73 00 02 00 ff 0a',
    line: '← PUBLISH status 0x00ff0a qos 2 retain dup id 2  15 bytes',
  },
  {
    name: 'SUBACK with a code that 3.1.1 reserves',
    hex: '90 04 00 01 01 87',
    line: '← SUBACK id 1 code 1 (QoS 1 granted), code 0x87 (not authorised)  6 bytes',
  },
  { name: 'PUBACK', hex: '40 02 00 01', line: '← PUBACK id 1  4 bytes' },
  {
    name: 'PUBACK denied, MQTT 5',
    sent: CONNECT_5,
    hex: '40 03 00 01 87',
    line: '← PUBACK id 1 code 0x87 (not authorised)  5 bytes',
  },
  { name: 'PUBREL', hex: '62 02 00 02', line: '← PUBREL id 2  4 bytes' },
  { name: 'SUBACK granted', hex: '90 03 00 01 02', line: '← SUBACK id 1 code 2 (QoS 2 granted)  5 bytes' },
  {
    name: 'SUBACK refused',
    hex: '90 03 00 01 80',
    line: '← SUBACK id 1 code 0x80 (refused, no reason given)  5 bytes',
  },
  { name: 'PINGRESP', hex: 'd0 00', line: '← PINGRESP  2 bytes' },
];

for (const { name, sent, hex, line } of CASES) {
  test(name, (t) => {
    const wire = openWire();
    const out = wire.take('sent', bytes(sent ?? ''), 1);
    const seen = hex === '' ? out : wire.take('received', bytes(hex), 2);
    t.deepEqual(seen.map(packetLine), [line]);
    t.is(seen[0]?.bytes, bytes(hex === '' ? (sent ?? '') : hex).length);
  });
}

test('reports a packet that comes byte by byte once, with its last byte', (t) => {
  const wire = openWire();
  const whole = bytes('30 0d 00 06 73 74 61 74 75 73 68 65 6c 6c 6f');
  const counts = [...whole].map((byte) => wire.take('received', Buffer.from([byte]), 0).length);
  t.deepEqual(counts, [...Array(14).fill(0), 1]);
});

test('reports packets of one chunk one by one, and keeps the rest', (t) => {
  const { frames, rest } = cutFrames(bytes('20 02 00 00 d0 00 30 0d 00'));
  t.deepEqual(
    frames.map((frame) => frame.length),
    [4, 2],
  );
  t.is(rest.length, 3);
});

test('counts the bytes of a remaining length of two bytes', (t) => {
  const payload = Buffer.alloc(300, 'x');
  const head = Buffer.concat([bytes('00 06'), Buffer.from('status')]);
  const frame = Buffer.concat([bytes('30 b4 02'), head, payload]);
  const [packet] = openWire().take('received', frame, 0);
  t.like(packet, { bytes: 311, payloadBytes: 300, topic: 'status' });
});

test('shows a will', (t) => {
  const [packet] = openWire().take(
    'sent',
    bytes('10 1b 00 04 4d 51 54 54 04 2c 00 05 00 02 63 31 00 04 64 6f 6f 72 00 05 61 6c 61 72 6d'),
    0,
  );
  t.like(packet?.connect, { keepAlive: 5, hasPassword: false });
  t.is(packet?.connect?.will?.payload.toString(), 'alarm');
});

for (const [name, hex] of [
  ['a remaining length without end', '30 ff ff ff ff ff'],
  ['a QoS of 3', '36 04 00 01 61 62'],
] as const) {
  test(`refuses ${name} as not MQTT`, (t) => {
    t.throws(() => openWire().take('received', bytes(hex), 0));
  });
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

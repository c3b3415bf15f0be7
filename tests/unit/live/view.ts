import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import { viewOf } from '../../../live/view.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import { connectPacket, packetBytes } from '../../../probes/mqtt/raw-packet.ts';
import type { Version } from '../../../probes/mqtt/session.ts';
import { openWire } from '../../../probes/mqtt/wire.ts';
import { bytes } from '../_fake-broker.ts';

const PASSWORD = 'hunter-2-hunter';
const login = { user: 'sam', password: PASSWORD };
const will = { topic: 'status', payload: Buffer.from('gone'), qos: 1, retain: true } as const;

function recorded(frame: Buffer): Packet {
  const [packet] = openWire().take('sent', frame, 1_000);
  if (packet === undefined) throw new Error('no packet');
  return packet;
}

const connect = (version: Version) =>
  packetBytes(connectPacket({ address: '', port: 0, login, will }, version, 'id'), version);

for (const version of [4, 5] as const) {
  test(`hides each byte of the password in a CONNECT of version ${version}, and shows all others`, (t) => {
    const frame = connect(version);
    const view = viewOf(recorded(frame), frame, version, new Secret(PASSWORD));
    const bytes = view.hex.split(' ');
    t.is(bytes.length, frame.length);
    t.is(bytes.filter((byte) => byte === '**').length, PASSWORD.length);
    t.deepEqual(
      bytes.slice(0, -PASSWORD.length),
      [...frame.subarray(0, -PASSWORD.length)].map((byte) => byte.toString(16).padStart(2, '0')),
    );
    t.false(JSON.stringify(view).includes(PASSWORD));
    t.deepEqual(view.connect?.will, { topic: 'status', payload: 'gone', qos: 1, retain: true });
  });

  test(`hides everything after the first byte where version ${version} has another password than expected`, (t) => {
    const frame = connect(version);
    for (const expected of [undefined, new Secret('hunter-2'), new Secret('another-password')]) {
      const { hex } = viewOf(recorded(frame), frame, version, expected);
      t.is(hex, ['10', ...Array.from({ length: frame.length - 1 }, () => '**')].join(' '));
    }
  });
}

test('cuts the bytes and the payload of a long PUBLISH, and keeps their true numbers', (t) => {
  const payload = Buffer.alloc(10_000, 'x');
  const frame = packetBytes({ cmd: 'publish', topic: 'status', payload, qos: 0, dup: false, retain: false }, 4);
  const view = viewOf(recorded(frame), frame, 4, undefined);
  t.is(view.bytes, frame.length);
  t.is(view.payloadBytes, 10_000);
  t.is(view.hex.split(' ').length, 512);
  t.is(view.payload, `${'x'.repeat(500)}…`);
});

test('a packet has a code only where its version of MQTT has one', (t) => {
  const view = (frame: string, version: 4 | 5) => viewOf(recorded(bytes(frame)), bytes(frame), version, undefined);
  for (const frame of ['40 02 00 01', '50 02 00 01', '62 02 00 01', '70 02 00 01', 'e0 00', 'b0 02 00 01']) {
    const { code, codes } = view(frame, 4);
    t.deepEqual([code, codes], [undefined, undefined], frame);
  }
  t.is(view('40 02 00 01', 5).code, 0);
  t.is(view('20 02 00 05', 4).code, 5);
  t.deepEqual(view('90 03 00 01 80', 4).codes, [0x80]);
});

test('shows a payload that is not UTF-8 in hexadecimal', (t) => {
  const payload = Buffer.from([0xff, 0x00]);
  const frame = packetBytes({ cmd: 'publish', topic: 'status', payload, qos: 0, dup: false, retain: false }, 4);
  t.is(viewOf(recorded(frame), frame, 4, undefined).payload, '0xff00');
});

import test from 'ava';
import { evidenceLines } from '../../../../report/page/evidence-text.ts';

const packet = (more: object) => ({ who: 'sam', direction: 'sent', type: 'PUBLISH', at: 1_000, ...more });

test('prints packets with their time from the first one, without usual values', (t) => {
  const will = { topic: 'status', payload: '"gone"', qos: 1, retain: false };
  const connect = { version: 4, clientId: 'lab-1', clean: true, keepAlive: 60, hasPassword: true, user: 'sam', will };
  t.deepEqual(
    evidenceLines([
      packet({ type: 'CONNECT', at: 1_000.04, bytes: 75, connect }),
      packet({ direction: 'received', type: 'CONNACK', at: 1_001.5, bytes: 4, code: 0, sessionPresent: false }),
      packet({
        at: 1_012,
        bytes: 30,
        qos: 1,
        dup: false,
        retain: true,
        topic: 'status',
        payloadBytes: 20,
        packetId: 7,
      }),
      packet({ direction: 'received', type: 'PUBACK', at: 1_013, packetId: 7, code: 0 }),
      packet({ direction: 'received', type: 'PUBACK', at: 1_014, packetId: 8, code: 135 }),
    ]),
    [
      '     0.0 ms sam → CONNECT 75 B MQTT 3.1.1, user sam, lab-1, clean session, keep alive 60 s, will on status at QoS 1',
      '     1.5 ms sam ← CONNACK 4 B code 0',
      '    12.0 ms sam → PUBLISH 30 B id 7, qos 1, retain, topic status',
      '    13.0 ms sam ← PUBACK id 7',
      '    14.0 ms sam ← PUBACK id 8, code 135',
    ],
  );
});

test('prints lines, files and other evidence', (t) => {
  const file = { kind: 'file', path: '/etc/passwd', lines: ['sam:…', 'alice:…'] };
  t.deepEqual(evidenceLines(['a line', file, { other: 1 }, 7]), [
    'a line',
    '/etc/passwd:',
    'sam:…',
    'alice:…',
    'other 1',
    '7',
  ]);
  t.deepEqual(evidenceLines([]), []);
});

test('prints times of events like those of packets', (t) => {
  t.deepEqual(
    evidenceLines([
      packet({ at: 1_002 }),
      { kind: 'end', at: 1_005, by: 'client', how: { segment: 'FIN' } },
      { kind: 'broker log', at: 1_000, text: 'Client lab-1 closed its connection.' },
    ]),
    [
      '     2.0 ms sam → PUBLISH',
      '     5.0 ms end: by client, how {segment: "FIN"}',
      '     0.0 ms broker log: text Client lab-1 closed its connection.',
    ],
  );
});

test('prints the first of many lines, and how many follow', (t) => {
  const many = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const lines = evidenceLines(many);
  t.is(lines.length, 31);
  t.is(lines.at(-1), '70 more, in the records');
  const asExpected = evidenceLines(many, true);
  t.deepEqual([asExpected.length, asExpected.at(-1)], [15, '86 more, in the records']);
});

test('cuts a long field', (t) => {
  const [line = ''] = evidenceLines([packet({ payload: 'x'.repeat(500) })]);
  t.regex(line, /payload x{110}…$/);
});

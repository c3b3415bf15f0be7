import test from 'ava';
import { parseMeasuringLine } from '../../../../probes/clients/measuring-client.ts';

test('reads events from lines', (t) => {
  t.deepEqual(parseMeasuringLine('{"kind":"subscribed","qos":2}'), { kind: 'subscribed', qos: 2 });
  t.deepEqual(parseMeasuringLine('{"kind":"arrivals","at":[[3,1000],[4,2000]]}'), {
    kind: 'arrivals',
    at: [
      [3, 1_000],
      [4, 2_000],
    ],
  });
  t.deepEqual(
    parseMeasuringLine(
      '{"kind":"packets","packets":[{"direction":"sent","type":"PUBACK","bytes":4,"atNs":7,"packetId":1}]}',
    ),
    { kind: 'packets', packets: [{ direction: 'sent', type: 'PUBACK', bytes: 4, atNs: 7, packetId: 1 }] },
  );
});

test('ignores other lines and malformed events', (t) => {
  for (const line of [
    '',
    'Traceback (most recent call last):',
    '{"kind":"subscribed"}',
    '{"kind":"moon"}',
    '{"qos":2}',
    '{',
  ]) {
    t.is(parseMeasuringLine(line), undefined, line);
  }
});

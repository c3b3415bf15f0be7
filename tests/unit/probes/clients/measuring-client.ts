import test from 'ava';
import { parseMeasuringLine } from '../../../../probes/clients/measuring-client.ts';

test('lines of the measuring client', (t) => {
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

test('other lines, and events that are none, are nothing', (t) => {
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

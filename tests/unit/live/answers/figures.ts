import test from 'ava';
import { connectionFigures, medianLatency } from '../../../../live/answers/figures.ts';
import { connectPacket, numbered, packet } from './_saved.ts';

test('counts each connection of a side, with its keep alive and pings', (t) => {
  const ping = packet('publisher', { type: 'PINGREQ' });
  const events = numbered([
    connectPacket('publisher', 5),
    ping,
    { is: 'counters', side: 'publisher', packets: 2, mqttBytes: 22, ip: { bytes: 300, segments: 5 } },
    { is: 'state', side: 'publisher', state: 'ended' },
    { is: 'counters', side: 'publisher', packets: 2, mqttBytes: 22, ip: { bytes: 999, segments: 9 } },
    connectPacket('publisher', 25),
    connectPacket('subscriber', 60),
    ping,
    ping,
  ]);
  const common = { side: 'publisher', user: 'sam' } as const;
  t.deepEqual(connectionFigures(events), [
    { ...common, keepAlive: 5, packets: 2, pings: 1, mqttBytes: 22, ipBytes: 300, seconds: 2 },
    { ...common, keepAlive: 25, packets: 3, pings: 2, mqttBytes: 24, seconds: 3 },
    { side: 'subscriber', user: 'sam', keepAlive: 60, packets: 1, pings: 0, mqttBytes: 20, seconds: 0 },
  ]);
});

test('ignores packets before a CONNECT', (t) => {
  t.deepEqual(connectionFigures(numbered([packet('publisher', { type: 'PINGREQ' })])), []);
});

for (const [all, ms] of [
  [[3, 1, 2], 2],
  [[4, 1], 2.5],
  [[7], 7],
] as const) {
  test(`the median of ${all.join(', ')} ms is ${ms} ms`, (t) => {
    const events = all.map((ms) => ({ is: 'latency', ms, errorMs: 0, seqs: [1, 2] as [number, number] }) as const);
    t.deepEqual(medianLatency(numbered(events)), { ms, count: all.length });
  });
}

test('no message has no median', (t) => {
  t.is(medianLatency([]), undefined);
});

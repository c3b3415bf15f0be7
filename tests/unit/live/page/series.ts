import test from 'ava';
import { type Point, SHOWN_MS, withPoint } from '../../../../live/page/series.ts';
import { BEGIN, packet } from './_events.ts';

const pointsOf = (packets: readonly (readonly [ms: number, type: 'PUBLISH' | 'PINGREQ', bytes: number])[]) =>
  packets.reduce<readonly Point[]>(
    (points, [ms, type, bytes], index) =>
      withPoint(points, { ...packet('publisher', type, { bytes }), seq: index + 1, at: BEGIN + ms }),
    [],
  );

test('sums bytes, and keeps each ping', (t) => {
  const points = pointsOf([
    [0, 'PUBLISH', 20],
    [1_000, 'PINGREQ', 2],
    [1_001, 'PINGREQ', 2],
  ]);
  t.deepEqual(
    points.map(({ bytes, isPing }) => [bytes, isPing]),
    [
      [20, false],
      [22, true],
      [24, true],
    ],
  );
});

test('50 packets a second for five minutes stay a short list with the right sum', (t) => {
  const packets = Array.from({ length: 15_000 }, (_, index) => [index * 20, 'PUBLISH', 10] as const);
  const points = pointsOf(packets);
  t.true(points.length < 600);
  t.is(points.at(-1)?.bytes, 150_000);
  t.true((points[1]?.at ?? 0) >= (points.at(-1)?.at ?? 0) - SHOWN_MS);
});

import test from 'ava';
import { ecdf } from '../../../../../report/page/analysis/ecdf.ts';

test('gives the share of messages for each latency', (t) => {
  t.deepEqual(ecdf([3_000, 1_000]), [
    { ms: 1, share: 0.5 },
    { ms: 3, share: 1 },
  ]);
  t.deepEqual(ecdf([]), []);
});

test('leaves out points that a plot cannot show, but none of the tail', (t) => {
  const points = ecdf(Array.from({ length: 10_000 }, (_, index) => index));
  t.true(points.length < 400, `${points.length} points`);
  t.deepEqual(points[0], { ms: 0, share: 0.0001 });
  t.deepEqual(points.at(-1), { ms: 9.999, share: 1 });
  t.is(points.filter(({ share }) => share >= 0.98).length, 201);
});

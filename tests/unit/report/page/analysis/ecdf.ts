import test from 'ava';
import { ecdf } from '../../../../../report/page/analysis/ecdf.ts';

test('a distribution outcome which share took how long at most', (t) => {
  t.deepEqual(ecdf([3_000, 1_000]), [
    { ms: 1, share: 0.5 },
    { ms: 3, share: 1 },
  ]);
  t.deepEqual(ecdf([]), []);
});

test('what a plot can’t show is left out, but nothing of the tail', (t) => {
  const points = ecdf(Array.from({ length: 10_000 }, (_, index) => index));
  t.true(points.length < 400, `${points.length} points`);
  t.deepEqual(points[0], { ms: 0, share: 0.0001 });
  t.deepEqual(points.at(-1), { ms: 9.999, share: 1 });
  t.is(points.filter(({ share }) => share >= 0.98).length, 201);
});

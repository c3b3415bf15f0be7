import test from 'ava';
import { atMost } from '../../../base/limit.ts';

test('runs at most the given number at a time, in order, and a failure frees its place', async (t) => {
  const limit = atMost(2);
  const begun: number[] = [];
  let active = 0;
  let most = 0;
  const work = (index: number) =>
    limit(async () => {
      begun.push(index);
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
      if (index === 0) throw new Error('first');
    });
  await Promise.allSettled([0, 1, 2, 3, 4].map(work));
  t.is(most, 2);
  t.deepEqual(begun, [0, 1, 2, 3, 4]);
});

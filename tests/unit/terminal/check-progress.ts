import test from 'ava';
import { checkProgressText } from '../../../terminal/check-progress.ts';

const SOME = { done: 1_204, all: 3_310, failed: 0, elapsedMs: 10_000, leastMs: 0 };

for (const [what, progress, text] of [
  ['counts and estimates', {}, '1,204 of 3,310 checks, about 20 s left'],
  ['names failures', { failed: 2 }, '1,204 of 3,310 checks, 2 failed, about 20 s left'],
  ['does not estimate from the first records', { elapsedMs: 1_000 }, '1,204 of 3,310 checks'],
  ['does not know the sum before all are listed', { all: undefined }, '1,204 checks'],
  ['knows the waits of a run', { done: 300, all: 340, leastMs: 40_000 }, '300 of 340 checks, about 30 s left'],
  ['gives minutes where it takes long', { elapsedMs: 100_000 }, '1,204 of 3,310 checks, about 3 min left'],
  ['has nothing left at the end', { done: 3_310 }, '3,310 of 3,310 checks'],
] as const) {
  test(what, (t) => {
    t.is(checkProgressText({ ...SOME, ...progress }), text);
  });
}

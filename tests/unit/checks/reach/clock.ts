import test from 'ava';
import { judgeClock } from '../../../../checks/reach/clock.ts';

/** [asked at; the remote time; answered at; verdict] */
const clocks: readonly (readonly [from: number, remote: number, to: number, verdict: 'pass' | 'fail'])[] = [
  [1_000_000, 1_000_020, 1_000_040, 'pass'],
  [1_000_000, 1_002_000, 1_000_040, 'pass'],
  [1_000_000, 1_002_100, 1_000_040, 'fail'],
  [1_000_000, 997_900, 1_000_040, 'fail'],
  // a slow answer is less exact
  [1_000_000, 1_003_500, 1_004_000, 'pass'],
  [1_000_000, Number.NaN, 1_000_040, 'fail'],
];

for (const [from, remote, to, verdict] of clocks) {
  test(`a clock that shows ${remote} between ${from} and ${to}: ${verdict}`, (t) => {
    t.is(judgeClock({ from, remote, to }).verdict, verdict);
  });
}

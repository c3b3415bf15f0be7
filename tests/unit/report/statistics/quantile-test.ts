import test from 'ava';
import { quantileDifference, valuesNeeded } from '../../../../report/statistics/quantile-test.ts';
import { latencies, seeded, stalling } from './_series.ts';

const MESSAGES = 1_000;
const SERIES = 30;

type Kind = { readonly name: string; readonly make: (random: () => number) => number[] };

const KINDS: readonly Kind[] = [
  { name: 'independent of each other', make: (random) => latencies(random, MESSAGES, 0) },
  { name: 'like their neighbours', make: (random) => latencies(random, MESSAGES, 0.8) },
  { name: 'with stalls', make: (random) => stalling(random, MESSAGES) },
];

for (const { name, make } of KINDS) {
  test(`where nothing differs, a difference is shown about as rarely as the confidence says: latencies ${name}`, (t) => {
    const random = seeded(3);
    let median = 0;
    let tail = 0;
    for (let nth = 0; nth < SERIES; nth++) {
      const [before, after] = [make(random), make(random)];
      if (quantileDifference(before, after, 0.5, 0.95).p < 0.05) median += 1;
      if (quantileDifference(before, after, 0.99, 0.95).p < 0.05) tail += 1;
    }
    // 6 or more of 30 come by a chance of half a percent where 1.5 are expected; the more thorough the slower, and seeded anyway
    t.true(median <= 5, `median: ${median}`);
    t.true(tail <= 5, `p99: ${tail}`);
  });
}

test('a difference of the median is found, and lies within the interval as often as it says', (t) => {
  const random = seeded(5);
  let found = 0;
  let within = 0;
  for (let nth = 0; nth < SERIES; nth++) {
    const before = latencies(random, MESSAGES, 0.6);
    const after = latencies(random, MESSAGES, 0.6).map((value) => value + 60);
    const { p, interval } = quantileDifference(before, after, 0.5, 0.95);
    if (p < 0.05) found += 1;
    if (interval[0] <= 60 && 60 <= interval[1]) within += 1;
  }
  t.true(found >= 27, `found: ${found}`);
  t.true(within >= 26, `within: ${within}`);
});

test('a longer tail is found in the p99 and not in the median', (t) => {
  const random = seeded(6);
  const before = latencies(random, MESSAGES, 0.3);
  const after = latencies(random, MESSAGES, 0.3).map((value) => (value > 800 ? value * 3 : value));
  t.true(quantileDifference(before, after, 0.99, 0.95).p < 0.01);
  t.true(quantileDifference(before, after, 0.5, 0.95).p > 0.05);
});

test('the interval leaves out 0 where the test rejects, in the direction of the difference', (t) => {
  const random = seeded(8);
  const slow = latencies(random, MESSAGES, 0).map((value) => value + 100);
  const fast = latencies(random, MESSAGES, 0);
  const slower = quantileDifference(fast, slow, 0.5, 0.99);
  t.true(slower.p < 0.01);
  t.true(slower.interval[0] > 0);
  const faster = quantileDifference(slow, fast, 0.5, 0.99);
  t.true(faster.interval[1] < 0);
  t.true(Math.abs(faster.interval[0] + slower.interval[1]) < 5);
});

test('series without any overlap, and the same series twice', (t) => {
  const low = Array.from({ length: MESSAGES }, (_, index) => index % 10);
  const high = low.map((value) => value + 1_000);
  const apart = quantileDifference(low, high, 0.5, 0.95);
  t.true(apart.p < 1e-9);
  t.true(apart.interval[0] > 900 && apart.interval[1] < 1_100);
  const same = quantileDifference(low, low, 0.5, 0.95);
  t.is(same.p, 1);
  t.true(same.interval[0] <= 0 && same.interval[1] >= 0);
});

test('where one stall is all of the tail, no difference is shown, and the p99 may differ by any amount', (t) => {
  const random = seeded(9);
  const calm = latencies(random, MESSAGES, 0);
  const stalled = calm.map((value, index) => (index >= 500 && index < 550 ? value + 50_000 : value));
  const { p, interval } = quantileDifference(stalled, calm, 0.99, 0.95);
  t.true(p > 0.05);
  t.true(interval[0] < -49_000);
  t.is(interval[1], Number.POSITIVE_INFINITY);
});

test('a series that drifts is told', (t) => {
  const random = seeded(10);
  const drifting = latencies(random, MESSAGES, 0).map((value, index) => value + index);
  t.true(quantileDifference(drifting, drifting, 0.5, 0.95).drifts);
  const steady = latencies(random, MESSAGES, 0);
  t.false(quantileDifference(steady, steady, 0.5, 0.95).drifts);
});

test('a tail needs more messages than the middle', (t) => {
  t.is(valuesNeeded(0.5), 200);
  t.is(valuesNeeded(0.99), 1_000);
});

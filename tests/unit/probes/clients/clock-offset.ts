import test from 'ava';
import { type Exchange, offsetBetween, offsetOf } from '../../../../probes/clients/clock-offset.ts';

/** An exchange with a clock that is `ahead` ns ahead of this one, with `there` ns to it and `back` ns back. */
function exchange(asked: number, there: number, back: number, ahead: number): Exchange {
  const came = asked + there + ahead;
  const left = came + 1_000;
  return { asked, came, left, answered: left - ahead + back };
}

test('gives the exact offset for equal ways there and back', (t) => {
  t.deepEqual(offsetOf([exchange(50_000, 200, 200, 7_000_000)]), { ns: -7_000_000, uncertainNs: 200 });
});

test('stays within the uncertainty for unequal ways', (t) => {
  for (const [there, back] of [
    [400, 0],
    [0, 400],
    [300, 100],
  ] as const) {
    const offset = offsetOf([exchange(50_000, there, back, -12_345)]);
    t.is(offset?.uncertainNs, 200);
    t.true(Math.abs((offset?.ns ?? 0) - 12_345) <= 200, `${there} ns there, ${back} ns back`);
  }
});

test('takes the fastest exchange, however long the other host took to answer', (t) => {
  const slow = { ...exchange(0, 5_000, 90_000, 100) };
  const fast = exchange(1_000_000, 250, 250, 100);
  t.deepEqual(offsetOf([slow, fast, slow]), { ns: -100, uncertainNs: 250 });
});

test('is undefined without an exchange', (t) => {
  t.is(offsetOf([]), undefined);
});

test('spreads the drift between two readings over the time', (t) => {
  const offset = offsetBetween({ ns: 100, uncertainNs: 1, at: 1_000 }, { ns: 300, uncertainNs: 1, at: 2_000 });
  t.deepEqual([1_000, 1_500, 2_000].map(offset), [100, 200, 300]);
});

test('assumes no drift between two readings at one moment', (t) => {
  const reading = { ns: 100, uncertainNs: 1, at: 1_000 };
  t.is(offsetBetween(reading, reading)(5_000), 100);
});

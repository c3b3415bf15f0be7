import test from 'ava';
import {
  costOf,
  DEFAULTS,
  type Inputs,
  lateness,
  type Measurements,
  PROFILES,
  recommend,
  sweep,
} from '../../../../report/keep-alive-value/model.js';

const MEASURED: Measurements = {
  expiries: [
    { keepAlive: 5, afterMs: 13_000 },
    { keepAlive: 5, afterMs: 12_500 },
    { keepAlive: 40, afterMs: 61_000 },
  ],
  pingBytes: 160,
  bytesOf: 'IP',
  maxKeepAlive: 1200,
};
const INPUTS: Inputs = { wakeUpMj: 30, baseMw: 2, batteryWh: 24, detectS: 90, sharePercent: 25 };

test('counts lateness from 1.5 times the keep alive, and as 0 without measurements', (t) => {
  t.deepEqual(lateness(MEASURED), { least: 1, mean: 11.5 / 3, most: 5.5 });
  t.deepEqual(lateness({ expiries: [] }), { least: 0, mean: 0, most: 0 });
});

/** [keep alive; measured, worst, pings a day, bytes a day, share, days] */
const values: readonly (readonly [number, number | undefined, number, number, number, number, number])[] = [
  [5, 13, 13, 17_280, 2_764_800, 75, 125],
  [15, undefined, 28, 5_760, 921_600, 50, 250],
  [40, 61, 65.5, 2_160, 345_600, 27.27, 363.64],
  [1200, undefined, 1805.5, 72, 11_520, 1.23, 493.83],
];

for (const [keepAlive, measuredS, worstS, pings, bytes, share, days] of values) {
  test(`computes a keep alive of ${keepAlive} s`, (t) => {
    const value = costOf(MEASURED, INPUTS, keepAlive);
    t.is(value.measuredS, measuredS);
    t.is(value.worstS, worstS);
    t.is(value.pings, pings);
    t.is(value.bytes, bytes);
    t.is(Math.round(value.sharePercent * 100) / 100, share);
    t.is(Math.round(value.days * 100) / 100, days);
    t.true(value.meanS < value.worstS);
  });
}

/** [changed inputs; keep alive; outcome; the shortest one that is cheap enough] */
const answers: readonly (readonly [
  Partial<Inputs>,
  number,
  'fits' | 'too expensive' | 'too slow',
  number | undefined,
])[] = [
  [{}, 56, 'fits', undefined],
  [{ detectS: 89 }, 55, 'fits', undefined],
  [{ detectS: 30 }, 16, 'too expensive', 45],
  [{ detectS: 30, sharePercent: 50 }, 16, 'fits', undefined],
  [{ detectS: 30, sharePercent: 0 }, 16, 'too expensive', undefined],
  [{ detectS: 12 }, 5, 'too slow', 45],
  [{ detectS: 13 }, 5, 'too expensive', 45],
  [{ detectS: 3_600 }, 1200, 'fits', undefined],
  [{ wakeUpMj: 0, detectS: 13 }, 5, 'fits', undefined],
  [{ wakeUpMj: 0, baseMw: 0 }, 56, 'fits', undefined],
];

for (const [change, keepAlive, outcome, cheap] of answers) {
  test(`recommends for ${JSON.stringify(change)}: ${keepAlive} s, ${outcome}`, (t) => {
    const recommended = recommend(MEASURED, { ...INPUTS, ...change });
    t.is(recommended.value.keepAlive, keepAlive);
    t.is(recommended.outcome, outcome);
    t.is(recommended.cheap?.keepAlive, cheap);
  });
}

test('neither recommends nor sweeps a keep alive above the limit of the broker', (t) => {
  const measured = { ...MEASURED, maxKeepAlive: 45 };
  t.is(recommend(measured, INPUTS).value.keepAlive, 45);
  t.deepEqual(
    sweep(measured, INPUTS).map(({ keepAlive }) => keepAlive),
    [5, 10, 15, 25, 30, 40, 45],
  );
});

test('sweeps the recommended keep alive in order', (t) => {
  const values = sweep(MEASURED, INPUTS).map(({ keepAlive }) => keepAlive);
  t.deepEqual(values, [5, 10, 15, 25, 30, 40, 56, 60, 120, 300, 600, 1200]);
});

test('recommends a longer keep alive for a more patient priority, within its limits', (t) => {
  const found = PROFILES.map((profile) => recommend(MEASURED, { ...DEFAULTS, ...profile }));
  t.true(found.every(({ outcome }) => outcome === 'fits'));
  const keepAlives = found.map(({ value }) => value.keepAlive);
  t.deepEqual(
    keepAlives,
    [...keepAlives].sort((one, other) => one - other),
  );
});

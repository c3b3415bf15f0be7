import test from 'ava';
import { neighbourly, sharesAbove } from '../../../../report/statistics/blocks.ts';
import { holm } from '../../../../report/statistics/holm.ts';
import { regularizedBeta, studentTails } from '../../../../report/statistics/student-t.ts';
import { superiority } from '../../../../report/statistics/superiority.ts';
import { welch } from '../../../../report/statistics/welch.ts';

const near = (found: number, wanted: number) => Math.abs(found - wanted) <= 1e-9 * Math.max(1e-18, Math.abs(wanted));

/** [t, degrees of freedom, both tails]: SciPy 1.17, `2 * stats.t.sf(abs(t), df)`. */
const TAILS = [
  [0, 5, 1],
  [1, 1, 0.5],
  [2, 10, 0.07338803477074037],
  [-2.5, 7.3, 0.03965023466560043],
  [2.0930240544, 19, 0.05000000000082187],
  [4.2, 37.6, 0.00015759694204918408],
  [12, 3, 0.0012450158007893362],
  [40, 30, 1.3726045194406417e-27],
  [Number.NEGATIVE_INFINITY, 3, 0],
] as const;

for (const [t, df, tails] of TAILS) {
  test(`both tails of Student's t at ${t} with ${df} degrees of freedom`, (assert) => {
    assert.true(near(studentTails(t, df), tails));
  });
}

/** [x, a, b, I_x(a, b)]: SciPy 1.17, `special.betainc(a, b, x)`. */
const BETAS = [
  [0.5, 2, 3, 0.6875],
  [0.1, 0.5, 0.5, 0.20483276469913345],
  [0.9, 20, 0.5, 0.041327483918087285],
  [0.3, 1, 1, 0.3],
  [0, 2, 3, 0],
  [1, 2, 3, 1],
] as const;

for (const [x, a, b, value] of BETAS) {
  test(`the incomplete beta function at ${x} of ${a}, ${b}`, (t) => {
    t.true(near(regularizedBeta(x, a, b), value));
  });
}

test("Welch's test", (t) => {
  // SciPy 1.17, stats.ttest_ind(after, before, equal_var=False)
  const found = welch([3.1, 2.8, 4.4, 3.9, 2.2], [5.0, 4.1, 6.6, 4.9, 5.5, 3.7]);
  t.true(near(found.t, 2.9338386798839395));
  t.true(near(found.df, 8.985897518170574));
  t.true(near(found.p, 0.01668012786339726));
  t.is(welch([1, 1], [1, 1]).p, 1);
  t.deepEqual(welch([1, 1], [0, 0]), { t: Number.NEGATIVE_INFINITY, df: 2, p: 0 });
});

test("Holm's adjustment, in the order of the tests", (t) => {
  t.deepEqual(holm([0.04, 0.01, 0.03]), [0.06, 0.03, 0.06]);
  t.deepEqual(holm([0.9, 0.5]), [1, 1]);
  t.deepEqual(holm([]), []);
});

test('in how many pairs the second is greater, ties half', (t) => {
  t.is(superiority([1, 2, 3], [4, 5]), 1);
  t.is(superiority([4, 5], [1, 2, 3]), 0);
  t.is(superiority([1, 2, 2], [2, 2, 3]), 7 / 9);
  t.is(superiority([1, 2, 3], [1, 2, 3]), 0.5);
});

test('shares by blocks leave out what does not fill one, and neighbours are told alike or unlike', (t) => {
  t.deepEqual(sharesAbove([1, 9, 9, 5, 1, 1, 9], 5, 3), [0.5, 0.75, 0]);
  t.true(neighbourly([0, 0, 0, 1, 1, 1]) > 0.3);
  t.true(neighbourly([0, 1, 0, 1, 0, 1]) < -0.5);
  t.is(neighbourly([2, 2, 2]), 0);
});

import test from 'ava';
import { fittedResults, MOST_BYTES, resultsText } from '../../../records/fit-results.ts';
import { leftOutReason } from '../../../records/left-out.ts';
import type { CheckRecord } from '../../../records/record.ts';
import { results } from '../../../records/results.ts';
import { classChecks, recordFor } from '../_class-lab.ts';

const checks = classChecks();
const leftOut = { verdict: 'skipped', reason: leftOutReason('covered'), observed: null } as const;

function fittedOf(records: readonly CheckRecord[]) {
  const fitted = fittedResults(results(records));
  return { fitted, bytes: Buffer.byteLength(resultsText(fitted)) };
}

test('a small run is written whole, with its evidence', (t) => {
  const small = results(checks.slice(0, 100).map((check) => recordFor(check)));
  t.is(fittedResults(small), small);
  t.regex(resultsText(small), /^\{\n {2}"verdict"/);
});

test('an exhaustive run of a class fits into results.json, without evidence of what passed', (t) => {
  t.true(checks.length > 20_000);
  const { fitted, bytes } = fittedOf(checks.map((check) => recordFor(check)));
  t.true(bytes <= MOST_BYTES, `${bytes}`);
  t.is(fitted.counts.pass, checks.length);
  t.is(fitted.checks.length + (fitted.omitted ?? 0), checks.length);
  t.true(fitted.checks.every(({ evidence }) => evidence === undefined));
});

test('what failed stays with its evidence, what was left out goes first', (t) => {
  const failed = checks.slice(0, 20).map((check) => recordFor(check, { verdict: 'fail', reason: 'seen' }));
  const passed = checks.slice(20, 4_000).map((check) => recordFor(check));
  const others = checks.slice(4_000).map((check) => recordFor(check, leftOut));
  const { fitted, bytes } = fittedOf([...failed, ...passed, ...others]);
  t.true(bytes <= MOST_BYTES, `${bytes}`);
  const kept = new Map(fitted.checks.map((record) => [record.id, record]));
  t.true(failed.every((record) => (kept.get(record.id)?.evidence?.length ?? 0) > 0));
  t.true(passed.every(({ id }) => kept.has(id)));
  t.is(fitted.checks.length + (fitted.omitted ?? 0), checks.length);
  t.is(fitted.verdict, 'fail');
  const ids = fitted.checks.map(({ id }) => id);
  t.deepEqual(ids, ids.toSorted(new Intl.Collator().compare));
});

test('one record that is too large hides no other failure', (t) => {
  const large = { evidence: ['x'.repeat(MOST_BYTES)] };
  const failed = checks
    .slice(0, 200)
    .map((check, index) => recordFor(check, { verdict: 'fail', reason: 'seen', ...(index === 0 ? large : {}) }));
  const { fitted, bytes } = fittedOf(failed);
  t.true(bytes <= MOST_BYTES, `${bytes}`);
  t.is(fitted.checks.length, 200);
});

test('also where every check failed', (t) => {
  const { bytes } = fittedOf(checks.map((check) => recordFor(check, { verdict: 'fail', reason: 'seen' })));
  t.true(bytes <= MOST_BYTES, `${bytes}`);
});

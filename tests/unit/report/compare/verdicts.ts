import test from 'ava';
import type { Verdict } from '../../../../records/record.ts';
import { compareRuns } from '../../../../report/compare/compare.ts';
import { type Change, verdictChanges } from '../../../../report/compare/verdicts.ts';
import { recordOf as record } from '../page/_results.ts';
import { run } from './_runs.ts';

/** [verdict before; verdict after; the change; whether it is worse] */
const ROWS: readonly (readonly [Verdict | undefined, Verdict | undefined, Change | undefined, boolean])[] = [
  ['pass', 'pass', undefined, false],
  ['pass', 'fail', 'broken', true],
  ['pass', 'deviation', 'deviates', false],
  ['pass', 'skipped', 'now skipped', false],
  ['pass', 'inconclusive', 'now inconclusive', false],
  ['inconclusive', 'fail', 'new failure', false],
  ['inconclusive', 'pass', 'no longer skipped', false],
  ['pass', undefined, 'only before', false],
  ['deviation', 'fail', 'broken', true],
  ['deviation', 'pass', 'no longer deviates', false],
  ['deviation', 'deviation', undefined, false],
  ['fail', 'fail', 'still fails', false],
  ['fail', 'pass', 'fixed', false],
  ['fail', 'deviation', 'fixed', false],
  ['fail', 'skipped', 'now skipped', false],
  ['skipped', 'fail', 'new failure', false],
  ['skipped', 'pass', 'no longer skipped', false],
  [undefined, 'fail', 'new failure', false],
  [undefined, 'pass', 'only after', false],
];

for (const [before, after, change, isWorse] of ROWS) {
  test(`finds after ${before ?? 'absent'} and ${after ?? 'absent'}: ${change ?? 'nothing'}`, (t) => {
    const of = (verdict: Verdict | undefined) => run(verdict === undefined ? [] : [record('acl.a', { verdict })]);
    const comparison = compareRuns(of(before), of(after));
    t.is(comparison.checks[0]?.change, change);
    t.is(comparison.verdict, isWorse ? 'fail' : 'pass');
  });
}

test('lists what got worse first, then by id, with the reason of the second run', (t) => {
  const before = run([
    record('acl.fixed', { verdict: 'fail', reason: 'late' }),
    record('will.b'),
    record('will.a'),
    record('acl.gone', { reason: 'was so' }),
  ]);
  const after = run([
    record('acl.fixed'),
    record('will.b', { verdict: 'fail', reason: 'none came' }),
    record('will.a', { verdict: 'fail' }),
  ]);
  t.deepEqual(verdictChanges(before, after), [
    { id: 'will.a', family: 'will', change: 'broken', before: 'pass', after: 'fail' },
    { id: 'will.b', family: 'will', change: 'broken', before: 'pass', after: 'fail', reason: 'none came' },
    { id: 'acl.fixed', family: 'acl', change: 'fixed', before: 'fail', after: 'pass' },
    { id: 'acl.gone', family: 'acl', change: 'only before', before: 'pass', reason: 'was so' },
  ]);
});

import test from 'ava';
import type { Factors } from '../../../../checks/harness/check.ts';
import { leftOutRecord, MOST_COMBINATIONS, planRun } from '../../../../checks/run/plan-run.ts';
import { isLeftOut } from '../../../../records/left-out.ts';

type Planned = { readonly id: string; readonly factors?: Factors };

const declared: readonly Planned[] = [{ id: 'acl.publish.a' }, { id: 'acl.publish.b' }];

/** Denials of a number of users on ten topics, between the declared rights. */
function checks(users: number): Planned[] {
  const denied = Array.from({ length: users * 10 }, (_, index) => ({
    id: `acl.publish.${index}`,
    factors: [{ user: index % users, topic: Math.floor(index / users), version: index % 2 }],
  }));
  return [...declared.slice(0, 1), ...denied, ...declared.slice(1)];
}

test('runs all checks of a small lab, in their order', (t) => {
  const small = checks(MOST_COMBINATIONS / 10);
  t.deepEqual(planRun(small, { seed: 1 }), { planned: small, leftOut: [] });
});

test('runs all checks of a large lab where the run is exhaustive', (t) => {
  const large = checks(MOST_COMBINATIONS);
  t.deepEqual(planRun(large, { exhaustive: true }), { planned: large, leftOut: [] });
});

test('runs what a large lab declares first, then a part of the denials that the seed decides', (t) => {
  const large = [...checks(120), ...checks(120).map((check) => ({ ...check }))];
  const { planned, leftOut, seed } = planRun(large, { seed: 7 });
  t.is(seed, 7);
  t.deepEqual(
    planned.slice(0, 4).map(({ id }) => id),
    ['acl.publish.a', 'acl.publish.b', 'acl.publish.a', 'acl.publish.b'],
  );
  t.is(planned.length + leftOut.length, large.length);
  t.is(planned.length, 4 + 1_200);
  t.deepEqual(planRun(large, { seed: 7 }), { planned, leftOut, seed });
  t.is(typeof planRun(large, {}).seed, 'number');
});

test('the record of a check that is left out is skipped, and says so', (t) => {
  const run = () => Promise.reject(new Error('not run'));
  const record = leftOutRecord({ id: 'acl.publish.a', claim: 'a claim', expected: 1, boundMs: 1, run });
  t.like(record, { verdict: 'skipped', family: 'acl', observed: null });
  t.true(isLeftOut(record));
  t.false(isLeftOut({ ...record, verdict: 'fail' }));
  t.false(isLeftOut({ verdict: 'skipped', reason: 'no user' }));
});

import test from 'ava';
import { cellText, rightCells, widenedRights } from '../../../../../report/page/analysis/rights.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

test('gives each user, topic and right a cell with the worst verdict of its checks', (t) => {
  const denied = { expected: { tookEffect: false }, observed: { tookEffect: false } };
  const records = [
    recordOf('acl.publish.home%2Edoor.sam.q0.v311', denied),
    recordOf('acl.publish.home%2Edoor.sam.q1.v311', { ...denied, observed: { tookEffect: true }, verdict: 'fail' }),
    recordOf('acl.publish.home%2Edoor.sam.q2.v311', { ...denied, observed: undefined, verdict: 'skipped' }),
    recordOf('acl.subscribe.status.alice.hash.v5', { expected: { tookEffect: true }, observed: { tookEffect: true } }),
    recordOf('acl.retain-set.status.sam.v5', {
      expected: { tookEffect: true },
      observed: { tookEffect: true, changed: true },
    }),
  ];
  const cells = rightCells(resultsOf(records)).map(({ checks, ...cell }) => ({ ...cell, checks: checks.length }));
  t.deepEqual(cells, [
    {
      right: 'publish',
      user: 'sam',
      topic: 'home.door',
      isGiven: false,
      tried: 2,
      succeeded: 1,
      verdict: 'fail',
      checks: 3,
    },
    {
      right: 'retain-set',
      user: 'sam',
      topic: 'status',
      isGiven: true,
      tried: 1,
      succeeded: 1,
      verdict: 'pass',
      checks: 1,
    },
    {
      right: 'subscribe',
      user: 'alice',
      topic: 'status',
      isGiven: true,
      tried: 1,
      succeeded: 1,
      verdict: 'pass',
      checks: 1,
    },
  ]);
});

for (const [cell, text] of [
  [{ isGiven: true, tried: 6, succeeded: 6 }, 'allowed: 6 of 6 succeeded'],
  [{ isGiven: false, tried: 6, succeeded: 0 }, 'denied: 0 of 6 succeeded'],
  [{ isGiven: false, tried: 0, succeeded: 0 }, 'denied; not observed'],
] as const) {
  test(`prints in a cell: ${text}`, (t) => {
    t.is(cellText(cell), text);
  });
}

test('names the right that implies a widened right, only where it took effect', (t) => {
  const [widened, ...others] = widenedRights(rightCells(resultsOf(wholeRun())));
  t.is(others.length, 0);
  t.like(widened, { user: 'alice', topic: 'status', right: 'publish', by: 'will' });
  t.regex(widened?.reason ?? '', /same write permission/);
  const narrow = wholeRun().filter(({ verdict }) => verdict !== 'deviation');
  t.deepEqual(widenedRights(rightCells(resultsOf(narrow))), []);
});

test('finds no widened right where a deviation had no effect or the right was given', (t) => {
  const deviation = { verdict: 'deviation', reason: 'otherwise' } as const;
  const records = [
    recordOf('acl.publish.status.alice.q0.v5', {
      ...deviation,
      expected: { tookEffect: false },
      observed: { tookEffect: false },
    }),
    recordOf('acl.publish.a%2Eb.sam.q0.v5', {
      ...deviation,
      expected: { tookEffect: true },
      observed: { tookEffect: true },
    }),
  ];
  t.deepEqual(widenedRights(rightCells(resultsOf(records))), []);
});

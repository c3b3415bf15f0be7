import test from 'ava';
import { cellText, rightCells, widenedRights } from '../../../../../report/page/judge/rights.ts';
import { recordOf, resultsOf } from '../_results.ts';
import { wholeRun } from '../_whole-run.ts';

test('a cell a user, topic and action, with the worst verdict of its checks', (t) => {
  const denied = { expected: { delivered: false }, observed: { delivered: false } };
  const records = [
    recordOf('acl.publish.home%2Edoor.sam.q0.v311', denied),
    recordOf('acl.publish.home%2Edoor.sam.q1.v311', { ...denied, observed: { delivered: true }, verdict: 'fail' }),
    recordOf('acl.publish.home%2Edoor.sam.q2.v311', { ...denied, observed: undefined, verdict: 'skipped' }),
    recordOf('acl.subscribe.status.alice.hash.v5', { expected: { copies: 1 }, observed: { copies: 1 } }),
    recordOf('acl.retain-set.status.sam.v5', {
      expected: { changed: true },
      observed: { delivered: false, changed: true },
    }),
  ];
  const cells = rightCells(resultsOf(records)).map(({ checks, ...cell }) => ({ ...cell, checks: checks.length }));
  t.deepEqual(cells, [
    {
      action: 'publish',
      user: 'sam',
      topic: 'home.door',
      wanted: false,
      tried: 2,
      done: 1,
      verdict: 'fail',
      checks: 3,
    },
    { action: 'retain-set', user: 'sam', topic: 'status', wanted: true, tried: 1, done: 1, verdict: 'pass', checks: 1 },
    {
      action: 'subscribe',
      user: 'alice',
      topic: 'status',
      wanted: true,
      tried: 1,
      done: 1,
      verdict: 'pass',
      checks: 1,
    },
  ]);
});

for (const [cell, text] of [
  [{ wanted: true, tried: 6, done: 6 }, 'may; did 6 of 6 times'],
  [{ wanted: false, tried: 6, done: 0 }, 'may not; did 0 of 6 times'],
  [{ wanted: false, tried: 0, done: 0 }, 'may not; not seen'],
] as const) {
  test(`a cell says: ${text}`, (t) => {
    t.is(cellText(cell), text);
  });
}

test('a right that came with another one is told with that one, and only where it was seen', (t) => {
  const [widened, ...others] = widenedRights(rightCells(resultsOf(wholeRun())));
  t.is(others.length, 0);
  t.like(widened, { user: 'alice', topic: 'status', action: 'publish', by: 'will' });
  t.regex(widened?.reason ?? '', /same write permission/);
  const narrow = wholeRun().filter(({ verdict }) => verdict !== 'deviation');
  t.deepEqual(widenedRights(rightCells(resultsOf(narrow))), []);
});

test('a deviation that took no effect, or is of a right that was given, widens nothing', (t) => {
  const deviation = { verdict: 'deviation', reason: 'otherwise' } as const;
  const records = [
    recordOf('acl.publish.a.sam.q0.v5', {
      ...deviation,
      expected: { delivered: false },
      observed: { delivered: false },
    }),
    recordOf('acl.publish.b.sam.q0.v5', { ...deviation, expected: { delivered: true }, observed: { delivered: true } }),
  ];
  t.deepEqual(widenedRights(rightCells(resultsOf(records))), []);
});

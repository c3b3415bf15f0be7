import test from 'ava';
import { results } from '../../../report/json.ts';
import type { CheckRecord, Verdict } from '../../../report/record.ts';

const record = (id: CheckRecord['id'], verdict: Verdict): CheckRecord => ({
  ...{ id, verdict, claim: 'c', expected: 1, observed: 1 },
  ...{ startedAt: 0, durationMs: 1 },
});

/** [verdicts of the checks; verdict of the run] */
const rows: readonly (readonly [verdicts: readonly Verdict[], verdict: 'pass' | 'fail'])[] = [
  [[], 'fail'],
  [['pass'], 'pass'],
  [['pass', 'fail'], 'fail'],
  [['pass', 'deviation', 'skipped'], 'pass'],
  [['skipped'], 'fail'],
  [['skipped', 'deviation'], 'pass'],
];

for (const [verdicts, verdict] of rows) {
  test(`a run of ${verdicts.join(', ') || 'nothing'} is a ${verdict}`, (t) => {
    const found = results(verdicts.map((one, index) => record(`acl.${index}`, one)));
    t.is(found.verdict, verdict);
    const total = Object.values(found.counts).reduce((sum, count) => sum + count, 0);
    t.is(total, verdicts.length);
  });
}

test('checks are sorted by id, the records given stay as they are', (t) => {
  const given = [record('will.b', 'pass'), record('auth.a', 'pass')];
  t.deepEqual(
    results(given).checks.map(({ id }) => id),
    ['auth.a', 'will.b'],
  );
  t.is(given[0]?.id, 'will.b');
});

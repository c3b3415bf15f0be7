import test from 'ava';
import { CommanderError } from 'commander';
import { InputError, LabError } from '../../../base/errors.ts';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import { failureJson, results } from '../../../records/results.ts';
import { recordOf } from './_record.ts';

const record = (id: CheckRecord['id'], verdict: Verdict) => recordOf(id, { verdict });

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
  test(`gives a run of ${verdicts.join(', ') || 'nothing'} the verdict ${verdict}`, (t) => {
    const found = results(verdicts.map((one, index) => record(`acl.${index}`, one)));
    t.is(found.verdict, verdict);
    const total = Object.values(found.counts).reduce((sum, count) => sum + count, 0);
    t.is(total, verdicts.length);
  });
}

test('sorts checks by id and leaves the given records alone', (t) => {
  const given = [record('will.b', 'pass'), record('auth.a', 'pass')];
  t.deepEqual(
    results(given).checks.map(({ id }) => id),
    ['auth.a', 'will.b'],
  );
  t.is(given[0]?.id, 'will.b');
});

/** [what was thrown; the object for it] */
const failures: readonly (readonly [error: unknown, object: object])[] = [
  [
    new LabError({ subject: 'docker', step: 'find the engine', happened: 'none', advice: './lab up' }, 'could-not-run'),
    { verdict: 'fail', error: { subject: 'docker', step: 'find the engine', happened: 'none', advice: './lab up' } },
  ],
  [
    new InputError(['lab.yaml:1:1: a', 'lab.yaml:2:1: b']),
    { verdict: 'fail', mistakes: ['lab.yaml:1:1: a', 'lab.yaml:2:1: b'] },
  ],
  [
    new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"),
    { verdict: 'fail', mistakes: ["unknown option '--x'"] },
  ],
  [new TypeError('x'), { verdict: 'fail', error: { subject: 'lab', step: 'run the command', happened: 'x' } }],
  ['text', { verdict: 'fail', error: { subject: 'lab', step: 'run the command', happened: 'text' } }],
];

for (const [error, object] of failures) {
  test(`prints with --json: ${String(error).split('\n')[0]}`, (t) => {
    t.deepEqual(JSON.parse(JSON.stringify(failureJson(error))), object);
  });
}

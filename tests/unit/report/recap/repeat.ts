import test from 'ava';
import type { Environment } from '../../../../records/environment.ts';
import type { CheckRecord, Verdict } from '../../../../records/record.ts';
import { results } from '../../../../records/results.ts';
import {
  NO_RUNS,
  type Repeated,
  repeatedLines,
  repeatedResults,
  runLine,
  withRun,
} from '../../../../report/recap/repeat.ts';
import { recordOf } from '../../records/_record.ts';

const plain = (_style: unknown, text: string) => text;

function run(verdicts: Readonly<Record<string, Verdict>>, durationMs: number, reason?: string) {
  const records = Object.entries(verdicts).map(([name, verdict]): CheckRecord => {
    const why = reason === undefined ? {} : { reason };
    return recordOf(`acl.${name}`, { verdict, ...why });
  });
  const environment: Environment = {
    ...{ lab: 'l', scope: 'quick', full: false, hosts: [], startedAt: 0, durationMs, node: '20', pis: [], clients: {} },
    broker: { address: '127.0.0.1', port: 1883, version: 'mosquitto 2.0.11' },
  };
  return results(records, environment);
}

const RUNS = [
  run({ a: 'pass', b: 'pass' }, 1_000),
  run({ a: 'fail', b: 'pass' }, 2_000, 'late'),
  run({ a: 'fail', b: 'fail' }, 3_000, 'later\u001b'),
  run({ a: 'pass', b: 'deviation' }, 4_000),
];
const after = (count: number): Repeated =>
  RUNS.slice(0, count).reduce((so, found, index) => withRun(so, found, `/runs/${index}`), NO_RUNS);

test('prints which checks failed, how often, why the first time, and where the records are', (t) => {
  t.deepEqual(repeatedLines(after(4), 4, plain), [
    '✗ 4 runs in 10 s: 2 passed, 2 failed',
    '  ✗ acl.a  failed in 2 of 4',
    '      first     late',
    '      records   /runs/1',
    '  ✗ acl.b  failed in 1 of 4',
    '      first     later\\x1b',
    '      records   /runs/2',
  ]);
  t.deepEqual(repeatedLines(after(1), 1, plain), ['✓ 1 run in 1.0 s: 1 passed, 0 failed']);
  t.deepEqual(repeatedLines(NO_RUNS, 1, plain), ['✗ 0 runs of 1, interrupted, in 0.0 s: 0 passed, 0 failed']);
});

test('prints a line for each run', (t) => {
  const [first, , third] = after(3).runs;
  t.is(first && runLine(first, 1, 9, plain), '✓ run 1 of 9 in 1.0 s: 2 passed');
  t.is(third && runLine(third, 3, 9, plain), '✗ run 3 of 9 in 3.0 s: 0 passed, 2 failed; records: /runs/2');
});

test('writes one object with the sums and the checks of the first failed run', (t) => {
  const all = repeatedResults(after(4), 4);
  t.is(all.verdict, 'fail');
  t.deepEqual(all.counts, { pass: 4, fail: 3, deviation: 1, skipped: 0, inconclusive: 0 });
  t.deepEqual(all.checks, RUNS[1]?.checks);
  t.is(all.environment?.durationMs, 2_000);
  t.deepEqual(
    all.runs.map(({ verdict, folder, durationMs }) => [verdict, folder, durationMs]),
    [
      ['pass', '/runs/0', 1_000],
      ['fail', '/runs/1', 2_000],
      ['fail', '/runs/2', 3_000],
      ['pass', '/runs/3', 4_000],
    ],
  );
});

test('writes the checks of the last run where none failed', (t) => {
  const passing = [RUNS[0], RUNS[3]].flatMap((found) => found ?? []);
  const all = repeatedResults(
    passing.reduce((so, found) => withRun(so, found, '/r'), NO_RUNS),
    2,
  );
  t.is(all.verdict, 'pass');
  t.deepEqual(all.checks, RUNS[3]?.checks);
  t.is(repeatedResults(NO_RUNS, 1).verdict, 'fail');
});

test('fails a series with fewer runs than requested', (t) => {
  const good = withRun(NO_RUNS, run({ a: 'pass' }, 1_000), '/r');
  const cut = repeatedResults(good, 100);
  t.like(cut, { verdict: 'fail', wanted: 100, counts: { pass: 1, fail: 0 } });
  t.is(cut.runs.length, 1);
  t.deepEqual(repeatedLines(good, 100, plain), ['✗ 1 run of 100, interrupted, in 1.0 s: 1 passed, 0 failed']);
  t.like(repeatedResults(good, 1), { verdict: 'pass', wanted: 1 });
});

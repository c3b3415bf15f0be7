import test from 'ava';
import { compareRuns } from '../../../../report/compare/compare.ts';
import { comparisonLines } from '../../../../report/compare/lines.ts';
import { latencies, seeded } from '../statistics/_series.ts';
import { record, run } from './_runs.ts';

const plain = (_style: unknown, text: string) => text;

const matrix = (bytes: number) =>
  record('qos.matrix.p1s0.v311', {
    observed: { packets: { publisher: 2, subscriber: 1 }, bytes: { publisher: bytes, subscriber: 279 } },
  });
const fin = (afterMs: number) =>
  record('will.fin.publisher.status.v311', { observed: { wills: 1, afterMs, uncertainMs: 10 } });

test('what got worse first, then what changed, then what was measured', (t) => {
  const environment = { lab: 'l', scope: 'default', durationMs: 40_000, broker: { version: 'mosquitto 2.0.11' } };
  const before = run(
    [matrix(285), fin(40), record('acl.a'), record('acl.b', { verdict: 'fail' }), record('acl.c')],
    environment,
    'one',
  );
  const after = run(
    [
      matrix(286),
      fin(900),
      record('acl.a', { verdict: 'fail', reason: 'let in \u001b[31m' }),
      record('acl.b'),
      record('will.z', { verdict: 'skipped' }),
    ],
    { ...environment, only: 'x', broker: { version: 'mosquitto 2.1.2' } },
    'two',
  );
  t.deepEqual(comparisonLines(compareRuns(before, after), plain), [
    '✗ 1 check got worse, 1 mended, 4 checks in both runs',
    '  before one  l, default, 40 s: 4 passed, 1 failed',
    '  after  two  l, default, only x, 40 s: 3 passed, 1 failed, 1 skipped',
    '  ≠ broker: mosquitto 2.0.11 → mosquitto 2.1.2',
    '  ✗ acl.a: fails (passed)',
    '      let in \\x1b[31m',
    '  ✓ acl.b: mended (failed)',
    '  · 1 check only before: acl 1',
    '  · 1 check only after: will 1',
    'sizes: 1 number of a message in 1 check changed',
    '  ≠ qos.matrix.p1s0.v311: publisher bytes 285 → 286',
    'times of wills and expiries: 1 of 1 kind differ beyond their uncertainty',
    '  ≠ will.fin: 0.03 to 0.04 s → 0.89 to 0.90 s',
  ]);
});

test('colours are colours, and what a host said is not', (t) => {
  const coloured = (_style: unknown, text: string) => `\u001b[1m${text}\u001b[0m`;
  const observed = { latenciesUs: [1] };
  const of = (mark: string, after: number) =>
    run(
      [
        matrix(285 + after),
        fin(40 + 900 * after),
        record(`acl.${'\u001b'}`, { verdict: after === 0 ? 'pass' : 'fail', reason: mark }),
        record(`qos.latency.q0.nagle.${'\u001b'}`, { observed }),
      ],
      { broker: { version: mark } },
    );
  const text = comparisonLines(compareRuns(of('\u001b[2J', 0), of('\u001b[3J', 1)), coloured).join('\n');
  // only those of the colours are left
  const escapes = text.split('\u001b').slice(1);
  t.true(escapes.every((rest) => rest.startsWith('[1m') || rest.startsWith('[0m')));
  t.is(text.match(/\\x1b/g)?.length, 5);
});

test('two runs that found the same', (t) => {
  const one = run([matrix(285), fin(40)], { lab: 'l' }, 'one');
  t.deepEqual(comparisonLines(compareRuns(one, { ...one, name: 'two', unreadable: 2 }), plain), [
    '✓ nothing got worse, 2 checks in both runs',
    '  before one  l: 2 passed',
    "  after  two  l: 2 passed, 2 records can't be read",
    'sizes: the same to the byte in 1 check',
    'times of wills and expiries: no difference beyond their uncertainty (1 kind)',
  ]);
});

test('many changes of one kind fit a screen, each kind with how many', (t) => {
  const ids = Array.from({ length: 40 }, (_, index) => `acl.n${String(index).padStart(2, '0')}`);
  const before = run(ids.map((id) => record(id)));
  const after = run(ids.map((id) => record(id, { verdict: 'fail', reason: 'seen' })));
  const lines = comparisonLines(compareRuns(before, after), plain);
  t.is(lines[0], '✗ 40 checks got worse, 40 checks in both runs');
  t.is(lines.at(-1), '  ✗ and 35 more');
  t.is(lines.length, 14);
});

test('a latency: what was measured, which difference is shown, and what that does not tell', (t) => {
  const random = seeded(12);
  const series = (extra: number) => ({
    latenciesUs: latencies(random, 1_000, 0).map((us) => us + extra),
    eventLoopP99Us: 1_500,
  });
  const of = (extra: number) =>
    run([
      record('qos.latency.q0.nagle.pi', { observed: series(0) }),
      record('qos.latency.q1.nodelay.pi', { observed: series(extra) }),
      record('qos.latency.q2.nagle.pi', { observed: { latenciesUs: [1] } }),
    ]);
  const slower = comparisonLines(compareRuns(of(0), of(200)), plain);
  t.is(slower.length, 12);
  t.regex(slower[4] ?? '', /^ {2}= q0\.nagle\.pi {4}p50 \d+ → \d+ {2}p99 \d+ → \d+ {2}no difference shown$/);
  t.regex(slower[5] ?? '', /^ {2}≠ q1\.nodelay\.pi {2}p50 \d+ → \d+ {2}p99 \d+ → \d+$/);
  t.regex(slower[6] ?? '', /^ {6}p50 slower by 1\d\d to 2\d\d \(\d\d to \d\d %\); in [789]\d % of pairs$/);
  t.regex(slower[7] ?? '', /^ {6}p99 slower by at least \d+ \(\d+ %\)$/);
  t.is(slower[8], '  – q2.nagle.pi: not compared: 1 messages, and 200 are needed');
  t.is(slower[11], '  by more runs of each; timers here were late by 1.5, then 1.5 ms (p99)');
  const faster = comparisonLines(compareRuns(of(200), of(0)), plain);
  t.regex(faster[6] ?? '', /^ {6}p50 faster by 1\d\d to 2\d\d \(\d\d to \d\d %\); in [789]\d % of pairs$/);
  for (const line of slower) t.true(line.length <= 80, line);
});

test('a latency beyond what was declared is told among the failures', (t) => {
  const of = (us: number) =>
    run([
      record('qos.latency.q0.nagle.pi', {
        observed: { latenciesUs: Array.from({ length: 200 }, (_, i) => us + (i % 9)) },
      }),
    ]);
  const [head, , , excess] = comparisonLines(compareRuns(of(1_000), of(1_500), 20), plain);
  t.is(head, '✗ 1 latency slower than allowed, 1 check in both runs');
  t.regex(excess ?? '', /^ {2}✗ qos\.latency\.q0\.nagle\.pi: p50 slower by at least \d\d %$/);
});

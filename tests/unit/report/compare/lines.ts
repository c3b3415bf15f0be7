import test from 'ava';
import { compareRuns } from '../../../../report/compare/compare.ts';
import { comparisonLines } from '../../../../report/compare/lines.ts';
import { recordOf as record } from '../page/_results.ts';
import { latency, run } from './_runs.ts';

const plain = (_style: unknown, text: string) => text;

const matrix = (bytes: number) =>
  record('qos.matrix.p1s0.v311', {
    observed: {
      ...{ granted: 0, delivered: 0, copies: 1, publisher: [], subscriber: [] },
      ...{ packets: { publisher: 2, subscriber: 1 }, bytes: { publisher: bytes, subscriber: 279 } },
    },
  });
const fin = (afterMs: number) =>
  record('will.fin.publisher.status.v311', { observed: { wills: 1, afterMs, uncertainMs: 10 } });

test('prints what got worse first, then what changed, then the measurements', (t) => {
  const broker = { address: 'b', port: 1883, version: 'mosquitto 2.0.11' };
  const environment = { lab: 'l', full: false, durationMs: 40_000, broker };
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
    { ...environment, only: 'x', broker: { ...broker, version: 'mosquitto 2.1.2' } },
    'two',
  );
  t.deepEqual(comparisonLines(compareRuns(before, after), plain), [
    '✗ 1 check got worse, 1 fixed, 4 checks in both runs',
    '  before one  l, default, 40 s: 4 passed, 1 failed',
    '  after  two  l, default, only x, 40 s: 3 passed, 1 failed, 1 skipped',
    '  ≠ broker: mosquitto 2.0.11 → mosquitto 2.1.2',
    '  ✗ acl.a: fails (passed before)',
    '      let in \\x1b[31m',
    '  ✓ acl.b: passes (failed before)',
    '  · 1 check only before: acl 1',
    '  · 1 check only after: will 1',
    'sizes: 1 number of a message in 1 check changed',
    '  ≠ qos.matrix.p1s0.v311: publisher bytes 285 → 286',
    'times of wills and expiries: 1 of 1 kind differ beyond their uncertainty',
    '  ≠ will.fin: 0.03 to 0.04 s → 0.89 to 0.90 s',
  ]);
});

test('prints no control characters of a host', (t) => {
  const coloured = (_style: unknown, text: string) => `\u001b[1m${text}\u001b[0m`;
  const of = (mark: string, after: number) => {
    const evil = latency('qos.latency.q0.nagle.pi', 1, 1, { payloadBytes: after });
    return run(
      [
        matrix(285 + after),
        fin(40 + 900 * after),
        record(`acl.${'\u001b'}`, { verdict: after === 0 ? 'pass' : 'fail', reason: mark }),
        { ...evil, host: '\u001b' },
      ],
      { broker: { address: 'b', port: 1883, version: mark } },
    );
  };
  const text = comparisonLines(compareRuns(of('\u001b[2J', 0), of('\u001b[3J', 1)), coloured).join('\n');
  const escapes = text.split('\u001b').slice(1);
  t.true(escapes.every((rest) => rest.startsWith('[1m') || rest.startsWith('[0m')));
  t.is(text.match(/\\x1b/g)?.length, 5);
});

test('prints that two runs agree', (t) => {
  const one = run([matrix(285), fin(40)], { lab: 'l' }, 'one');
  t.deepEqual(comparisonLines(compareRuns(one, { ...one, name: 'two' }), plain), [
    '✓ nothing got worse, 2 checks in both runs',
    '  before one  l, full, 44 s: 2 passed',
    '  after  two  l, full, 44 s: 2 passed',
    'sizes: the same to the byte in 1 check',
    'times of wills and expiries: no difference beyond their uncertainty (1 kind)',
  ]);
});

test('counts many changes of one kind, so that they fit a screen', (t) => {
  const ids = Array.from({ length: 40 }, (_, index) => `acl.n${String(index).padStart(2, '0')}` as const);
  const before = run(ids.map((id) => record(id)));
  const after = run(ids.map((id) => record(id, { verdict: 'fail', reason: 'seen' })));
  const lines = comparisonLines(compareRuns(before, after), plain);
  t.is(lines[0], '✗ 40 checks got worse, 40 checks in both runs');
  t.is(lines.at(-1), '  ✗ and 35 more');
  t.is(lines.length, 14);
});

test('prints median, p99 and change of each latency series, and a sentence on noise', (t) => {
  const of = (p50Us: number, p99Us: number) =>
    run([
      latency('qos.latency.q0.nagle.pi', 1_000, 41_200),
      latency('qos.latency.q1.nodelay.pi', p50Us, p99Us),
      latency('qos.latency.q2.nagle.pi', 1, 1, { perSecond: p50Us }),
    ]);
  const lines = comparisonLines(compareRuns(of(310, 2_000), of(420, 1_500)), plain);
  t.deepEqual(lines.slice(-6, -2), [
    'latency in ms, before → after',
    '  · QoS 0, Nagle, to pi        median 1.00 → 1.00 (+0 %)   p99 41.2 → 41.2 (+0 %)',
    '  · QoS 1, TCP_NODELAY, to pi  median 0.31 → 0.42 (+35 %)   p99 2.00 → 1.50 (−25 %)',
    '  – QoS 2, Nagle, to pi: not compared: different messages: 100 bytes, 310 a second, then 100 bytes, 420 a second',
  ]);
  t.regex(lines.slice(-2).join(' '), /unchanged lab .* third and more .* repeat both runs/);
});

test('lists and marks a latency that rose by more than allowed among the failures', (t) => {
  const of = (us: number) => run([latency('qos.latency.q0.nagle.pi', us, 5_000)]);
  const lines = comparisonLines(compareRuns(of(1_000), of(1_500), 20), plain);
  t.is(lines[0], '✗ 1 latency slower than allowed, 1 check in both runs');
  t.regex(lines[3] ?? '', /✗ qos\.latency\.q0\.nagle\.pi: median rose by 50 %, allowed are 20 %/);
  t.true(lines.some((line) => /^ {2}✗ QoS 0, Nagle, to pi {2}median/.test(line)));
});

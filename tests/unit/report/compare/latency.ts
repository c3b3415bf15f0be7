import test from 'ava';
import { compareRuns } from '../../../../report/compare/compare.ts';
import { latencyChanges } from '../../../../report/compare/latency.ts';
import { latency, run } from './_runs.ts';

const ID = 'qos.latency.q1.nodelay.pi';
const exchanged = (uncertaintyUs: number) => ({ clock: { kind: 'exchanged', uncertaintyUs, exchanges: 9 } });

test('compares median and p99 of both runs', (t) => {
  const [change, ...others] = latencyChanges(run([latency(ID, 400, 2_000)]), run([latency(ID, 500, 1_500)]));
  t.is(others.length, 0);
  t.deepEqual(change, {
    id: ID,
    name: 'QoS 1, TCP_NODELAY, to pi',
    kind: 'compared',
    quantiles: [
      { name: 'median', beforeUs: 400, afterUs: 500, percent: 25 },
      { name: 'p99', beforeUs: 2_000, afterUs: 1_500, percent: -25 },
    ],
    clocksUs: 0,
  });
});

test('leaves out a latency that only one run has', (t) => {
  t.deepEqual(latencyChanges(run([latency(ID, 400, 500)]), run([])), []);
});

for (const [name, more, reason] of [
  ['another payload', { payloadBytes: 1 }, /100 bytes, 250 a second, then 1 bytes/],
  ['another rate', { perSecond: 9 }, /250 a second, then 100 bytes, 9 a second/],
  ['pings in between', { messagesAPing: 100 }, /then .* a ping every 100/],
] as const) {
  test(`leaves out a latency that is not comparable: ${name}`, (t) => {
    const [change] = latencyChanges(run([latency(ID, 400, 500)]), run([latency(ID, 400, 500, more)]));
    t.regex(change?.kind === 'not compared' ? change.reason : '', reason);
  });
}

/** [what changed; before; after; allowed percent; quantiles that exceed it] */
const LIMITS: readonly (readonly [
  string,
  before: readonly [p50: number, p99: number, more?: object],
  after: readonly [p50: number, p99: number, more?: object],
  maxSlower: number | undefined,
  excesses: readonly string[],
])[] = [
  ['no limit', [400, 500], [4_000, 5_000], undefined, []],
  ['both rose by less', [1_000, 2_000], [1_200, 2_400], 20, []],
  ['the median rose by more', [1_000, 2_000], [1_201, 2_000], 20, ['median']],
  ['the p99 rose by more', [1_000, 2_000], [1_000, 2_401], 20, ['p99']],
  ['both rose by more', [1_000, 2_000], [1_500, 3_000], 20, ['median', 'p99']],
  ['both fell', [1_000, 2_000], [500, 1_000], 20, []],
  ['any rise is too much', [1_000, 2_000], [1_001, 2_000], 0, ['median']],
  ['the rise is within the clocks', [400, 2_000, exchanged(60)], [500, 2_000, exchanged(60)], 20, []],
  ['the rise is beyond the clocks', [400, 2_000, exchanged(40)], [500, 2_000, exchanged(40)], 20, ['median']],
  ['the first median is below zero', [-5, 2_000], [500, 2_000], 20, []],
];

for (const [name, before, after, maxSlower, excesses] of LIMITS) {
  test(`judges with --max-slower ${maxSlower ?? 'left out'}: ${name}`, (t) => {
    const comparison = compareRuns(run([latency(ID, ...before)]), run([latency(ID, ...after)]), maxSlower);
    t.deepEqual(
      comparison.excesses.map((excess) => excess.name),
      excesses,
    );
    t.is(comparison.verdict, excesses.length === 0 ? 'pass' : 'fail');
  });
}

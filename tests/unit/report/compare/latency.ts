import test from 'ava';
import { compareRuns } from '../../../../report/compare/compare.ts';
import { type LatencyChange, latencyChanges } from '../../../../report/compare/latency.ts';
import { latencies, seeded } from '../statistics/_series.ts';
import { record, run } from './_runs.ts';

const NAMES = ['q0.nodelay', 'q0.nagle', 'q1.nodelay', 'q1.nagle', 'q2.nodelay', 'q2.nagle'] as const;
const idOf = (name: string) => `qos.latency.${name}.pi`;

type Series = { readonly latenciesUs: readonly number[]; readonly [key: string]: unknown };

function measured(byName: Readonly<Record<string, Series>>) {
  return run(Object.entries(byName).map(([name, observed]) => record(idOf(name), { observed })));
}

/** All series of a run, each made by `make`. */
function all(seed: number, make: (random: () => number) => number[]) {
  const random = seeded(seed);
  return Object.fromEntries(
    NAMES.map((name) => [name, { latenciesUs: make(random), payloadBytes: 100, perSecond: 250 }]),
  );
}

const steady = (random: () => number) => latencies(random, 1_000, 0.3);

function verdicts(changes: readonly LatencyChange[]) {
  return changes.flatMap((change) => (change.kind === 'tested' ? change.quantiles.map(({ verdict }) => verdict) : []));
}

test('of many comparisons without a difference, few show any', (t) => {
  let alarmed = 0;
  for (let nth = 0; nth < 4; nth++) {
    const changes = latencyChanges(measured(all(nth, steady)), measured(all(nth + 1_000, steady)));
    t.is(verdicts(changes).length, 12);
    if (verdicts(changes).some((verdict) => verdict !== 'none shown')) alarmed += 1;
  }
  t.true(alarmed <= 1, `${alarmed} of 4`);
});

test('the one series that is slower is found among six, with its size', (t) => {
  const before = measured(all(1, steady));
  const series = all(2, steady);
  const slow = {
    ...series['q1.nodelay'],
    latenciesUs: (series['q1.nodelay']?.latenciesUs ?? []).map((us) => us + 200),
  };
  const changes = latencyChanges(before, measured({ ...series, 'q1.nodelay': slow }));
  const found = changes.find(({ id }) => id === idOf('q1.nodelay'));
  if (found?.kind !== 'tested') return t.fail();
  const [p50] = found.quantiles;
  t.like(p50, { name: 'p50', verdict: 'slower', isRelevant: true, drifts: false });
  t.true((p50?.fromUs ?? 0) > 150 && (p50?.fromUs ?? 0) < 200 && (p50?.toUs ?? 0) > 200 && (p50?.toUs ?? 0) < 250);
  t.true((p50?.p ?? 1) < 0.001);
  t.true(found.superiority > 0.8);
  const rest = changes.filter(({ id }) => id !== idOf('q1.nodelay'));
  t.deepEqual([...new Set(verdicts(rest))], ['none shown']);
});

test('a small difference is called small', (t) => {
  const series = (extra: number) => ({
    latenciesUs: Array.from({ length: 1_000 }, (_, index) => 1_000 + (index % 7) + extra),
  });
  const [change] = latencyChanges(measured({ a: series(0) }), measured({ a: series(60) }));
  t.like(change?.kind === 'tested' ? change.quantiles[0] : undefined, { verdict: 'slower', isRelevant: false });
});

test('a difference within the uncertainty of the clocks is none', (t) => {
  const random = seeded(4);
  const of = (extra: number, uncertaintyUs: number) =>
    measured({
      a: {
        latenciesUs: steady(random).map((us) => us + extra),
        clock: { kind: 'exchanged', uncertaintyUs, exchanges: 9 },
      },
    });
  t.deepEqual(verdicts(latencyChanges(of(0, 150), of(200, 150))), ['none shown', 'none shown']);
  t.is(verdicts(latencyChanges(of(0, 50), of(200, 50)))[0], 'slower');
});

/** [name, before, after, why it is not compared] */
const UNTESTED: readonly (readonly [string, unknown, unknown, RegExp])[] = [
  ['too few messages', { latenciesUs: [1, 2] }, { latenciesUs: [1, 2, 3] }, /^2 messages, and 200 are needed$/],
  ['no latencies before', {}, { latenciesUs: [1] }, /^no latencies in the first run$/],
  ['no latencies after', { latenciesUs: [1] }, undefined, /^no latencies in the second run$/],
  ['no latencies at all', null, 7, /^no latencies in both runs$/],
  [
    'pings between',
    { latenciesUs: [1], payloadBytes: 1, perSecond: 9 },
    { latenciesUs: [1], payloadBytes: 1, perSecond: 9, messagesAPing: 100 },
    /^different messages: 1 bytes, 9 a second, then 1 bytes, 9 a second, a ping every 100$/,
  ],
  [
    'other payloads',
    { latenciesUs: [1], payloadBytes: 1, perSecond: 9 },
    { latenciesUs: [1], payloadBytes: 2 },
    /^different messages: 1 bytes, 9 a second, then 2 bytes, unknown a second$/,
  ],
];

for (const [name, before, after, reason] of UNTESTED) {
  test(`not compared: ${name}`, (t) => {
    const of = (observed: unknown) => run([record(idOf('q0.nagle'), { observed })]);
    const [change] = latencyChanges(of(before), of(after));
    t.regex(change?.kind === 'not tested' ? change.reason : '', reason);
  });
}

test('with 200 messages the median is compared, the tail is not', (t) => {
  const series = { latenciesUs: latencies(seeded(1), 999, 0) };
  const [change] = latencyChanges(measured({ a: series }), measured({ a: series }));
  t.deepEqual(change?.kind === 'tested' ? change.quantiles.map(({ name }) => name) : [], ['p50']);
});

test('slower than was declared to be allowed is worse, where all of the interval is beyond', (t) => {
  const series = (extra: number) => ({
    latenciesUs: Array.from({ length: 1_000 }, (_, index) => 1_000 + (index % 7) + extra),
  });
  const [before, after] = [measured({ a: series(0) }), measured({ a: series(300) })];
  t.is(compareRuns(before, after).verdict, 'pass');
  t.is(compareRuns(before, after, 40).verdict, 'pass');
  t.is(compareRuns(before, after, 20).verdict, 'fail');
  t.deepEqual(
    compareRuns(before, after, 20).excesses.map(({ id, name }) => [id, name]),
    [
      [idOf('a'), 'p50'],
      [idOf('a'), 'p99'],
    ],
  );
  t.is(compareRuns(after, before, 20).verdict, 'pass');
});

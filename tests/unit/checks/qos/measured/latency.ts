import test from 'ava';
import { judgeLatency } from '../../../../../checks/qos/measured/latency.ts';

const series = {
  ...({ qos: 1, noDelay: true, payloadBytes: 100, messages: 4, perSecond: 250, eventLoopP99Us: 1_100 } as const),
  clock: { kind: 'same' } as const,
  latenciesUs: [300, 40_000, 200, 250],
};

test('gives the quantiles of the latencies, and fails no slow message', (t) => {
  const { verdict, observed } = judgeLatency(series);
  t.is(verdict, 'pass');
  t.like(observed, { lost: 0, p50Us: 250, p95Us: 40_000, p99Us: 40_000, maxUs: 40_000 });
});

test('fails where a message did not arrive', (t) => {
  const { verdict, reason = '' } = judgeLatency({ ...series, latenciesUs: [300, 200, 250] });
  t.is(verdict, 'fail');
  t.regex(reason, /^1 of 4 /);
});

test('fails where a message arrived before it was sent by more than the uncertainty of the clocks', (t) => {
  // the time of a write is known to 100 µs
  const early = [300, 200, -180, 250];
  t.is(judgeLatency({ ...series, latenciesUs: early }).verdict, 'fail');
  const exchanged = { kind: 'exchanged', exchanges: 80 } as const;
  t.is(judgeLatency({ ...series, latenciesUs: early, clock: { ...exchanged, uncertaintyUs: 79 } }).verdict, 'fail');
  t.is(judgeLatency({ ...series, latenciesUs: early, clock: { ...exchanged, uncertaintyUs: 80 } }).verdict, 'pass');
});

import test from 'ava';
import { piTime } from '../../../../../checks/qos/measured/clock.ts';
import { judgeLatency } from '../../../../../checks/qos/measured/latency.ts';
import { MESSAGES, paceOf } from '../../../../../checks/qos/measured/pace.ts';
import { expectedTypes, judgeSize } from '../../../../../checks/qos/measured/size.ts';
import type { Size } from '../../../../../records/measured/size.ts';

const series = {
  ...({ qos: 1, noDelay: true, payloadBytes: 100, messages: 4, perSecond: 250, eventLoopP99Us: 1_100 } as const),
  clock: { kind: 'same' } as const,
  latenciesUs: [300, 40_000, 200, 250],
};

test('latency: what came is told by quantiles, and how slow it was is no failure', (t) => {
  const { verdict, observed } = judgeLatency(series);
  t.is(verdict, 'pass');
  t.like(observed, { lost: 0, p50Us: 250, p95Us: 40_000, p99Us: 40_000, maxUs: 40_000 });
});

test('latency: a message that did not come fails', (t) => {
  const { verdict, reason } = judgeLatency({ ...series, latenciesUs: [300, 200, 250] });
  t.is(verdict, 'fail');
  t.is(reason, '1 of 4 did not come');
});

test('latency: a message can come before it was sent by no more than the clocks are uncertain', (t) => {
  // a write is known to 100 µs
  const early = [300, 200, -180, 250];
  t.is(judgeLatency({ ...series, latenciesUs: early }).verdict, 'fail');
  const exchanged = { kind: 'exchanged', exchanges: 80 } as const;
  t.is(judgeLatency({ ...series, latenciesUs: early, clock: { ...exchanged, uncertaintyUs: 79 } }).verdict, 'fail');
  t.is(judgeLatency({ ...series, latenciesUs: early, clock: { ...exchanged, uncertaintyUs: 80 } }).verdict, 'pass');
});

test('pace: 250 a second, less where a round trip is long, and in a full run as many for all that', (t) => {
  t.deepEqual(paceOf(0.4, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(10, false), { periodMs: 4, messages: MESSAGES });
  t.deepEqual(paceOf(100, false), { periodMs: 40, messages: 250 });
  t.deepEqual(paceOf(100, true), { periodMs: 40, messages: MESSAGES });
});

const reading = (ns: number, uncertainNs: number, at = 0) => ({ ns, uncertainNs, at });

test('clock: one kernel is one clock, unless the exchanges contradict it', (t) => {
  t.deepEqual(piTime(true, reading(300, 400), reading(-1_000_400, 400)).clock, { kind: 'same' });
  t.is(piTime(true, reading(300, 400), reading(-1_000_401, 400)).clock.kind, 'exchanged');
});

test('clock: another kernel is another clock, known to the worse of two readings', (t) => {
  const { clock, toHere } = piTime(false, reading(5e6, 100_000, 0), reading(7e6, 250_000, 1e9));
  t.deepEqual(clock, { kind: 'exchanged', uncertaintyUs: 250, exchanges: 80 });
  // half way between the two, the offset is 6 ms
  const same = piTime(true, reading(0, 1), reading(0, 1));
  t.true(Math.abs(toHere(5e8) - same.toHere(5e8) - 6) < 0.001);
});

const options = { qos: 2, topic: 'status', payloadBytes: 100, messages: 5 } as const;

function weighed(change: (size: Size) => void): ReturnType<typeof judgeSize> {
  const hop = (role: 'publisher' | 'subscriber') => {
    const types = expectedTypes(role, options);
    return {
      host: 'pi',
      types,
      mqttBytes: 620,
      ip: { bytes: 2_180, streamBytes: 620, segmentsSent: 20, segmentsReceived: 10 },
    };
  };
  const size = { ...options, hops: { publisher: hop('publisher'), subscriber: hop('subscriber') } };
  change(size);
  return judgeSize(size);
}

test('size: the arithmetic of QoS 2, for five messages', (t) => {
  const acknowledgement = { packets: 5, bytes: 20 };
  t.deepEqual(expectedTypes('publisher', options), {
    PUBLISH: { packets: 5, bytes: 560 },
    PUBREC: acknowledgement,
    PUBREL: acknowledgement,
    PUBCOMP: acknowledgement,
  });
  t.is(weighed(() => undefined).verdict, 'pass');
});

test('size: a packet more, a byte more, or another stream than the packets fails', (t) => {
  const wrong: Record<string, (size: Size) => void> = {
    'a PUBACK beside': ({ hops }) => {
      hops.subscriber.types.PUBACK = { packets: 1, bytes: 4 };
    },
    'a byte more': ({ hops }) => {
      hops.publisher.types.PUBLISH = { packets: 5, bytes: 561 };
    },
    'a PUBCOMP missing': ({ hops }) => {
      hops.publisher.types.PUBCOMP = { packets: 4, bytes: 16 };
    },
    'another stream': ({ hops }) => {
      if (hops.subscriber.ip !== undefined) hops.subscriber.ip.streamBytes += 1;
    },
  };
  for (const [what, change] of Object.entries(wrong)) t.is(weighed(change).verdict, 'fail', what);
});

test('size: without the counters of a kernel the packets still count', (t) => {
  t.is(weighed(({ hops }) => delete hops.publisher.ip).verdict, 'pass');
});

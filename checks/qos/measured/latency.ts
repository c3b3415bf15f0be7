import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RawSession } from '../../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import { WRITE_MS } from '../../../probes/mqtt/tap.ts';
import type { Latency } from '../../../records/measured/latency.ts';
import { quantile } from '../../../records/measured/quantile.ts';
import type { Finding } from '../../harness/check.ts';
import { onlyGranted } from '../../harness/requirements.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { type PiTime, withPiTime } from './clock.ts';
import { type Measurement, type MeasuringFixture, openMeasuringFixture, ownPayload } from './fixture.ts';
import { type Pace, paceOf } from './pace.ts';

export const PAYLOAD_BYTES = 100;
/**
 * A publisher pings after this many messages, as clients do at their keep alive. Once the broker has answered, its
 * kernel delays acknowledgements (RFC 1122, 4.2.3.2), and Nagle's algorithm waits for those.
 */
const MESSAGES_A_PING = 100;
const ARRIVAL_MS = 10_000;
const POLL_MS = 50;
/** By default Mosquitto acknowledges but drops a client's messages beyond 20 in flight (max_inflight_messages). */
const WINDOW = 10;

/** Latencies with and without Nagle's algorithm. The two publishers take turns, so the machine's load is the same. */
export type Series = { readonly noDelay: Finding; readonly nagle: Finding };

export async function measureLatency(testLab: TestLab, { pi, roles, qos }: Measurement): Promise<Series> {
  await using fixture = await openMeasuringFixture(testLab, { pi, roles });
  await using listener = await testLab.raw(roles.subscriber);
  await listener.subscribe(roles.topic, 0);
  if (fixture.granted < qos) {
    const finding = onlyGranted(fixture.granted);
    return { noDelay: finding, nagle: finding };
  }
  await using noDelay = await testLab.raw(roles.publisher);
  await using nagle = await testLab.raw(roles.publisher, { noDelay: false });
  const { result, time } = await withPiTime(fixture, listener, async (roundTripMs) => {
    const pace = paceOf(roundTripMs, testLab.isFull);
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    await sendPaced(fixture, [noDelay, nagle], qos, pace);
    loop.disable();
    return { pace, arrivals: await arrivalsOf(fixture, pace), eventLoopP99Us: Math.round(loop.percentile(99) / 1e3) };
  });
  const { periodMs, messages } = result.pace;
  const finding = (session: RawSession, first: number, isNoDelay: boolean): Finding =>
    judgeLatency({
      ...{
        qos,
        noDelay: isNoDelay,
        payloadBytes: PAYLOAD_BYTES,
        messages,
        perSecond: 1_000 / periodMs,
        messagesAPing: MESSAGES_A_PING,
      },
      ...brokerNoDelay(testLab),
      clock: time.clock,
      latenciesUs: latencies(sentTimes(session), result.arrivals, first, time),
      eventLoopP99Us: result.eventLoopP99Us,
    });
  return { noDelay: finding(noDelay, 0, true), nagle: finding(nagle, messages, false) };
}

/** The lab sets the option unless lab.yaml overrides it. For an external broker it is unknown. */
function brokerNoDelay({ brokerKind, lab }: TestLab): { brokerNoDelay?: boolean } {
  if (brokerKind === 'external') return {};
  const option = lab.broker.options.find(({ name }) => name === 'set_tcp_nodelay');
  return { brokerNoDelay: option === undefined || String(option.value) === 'true' };
}

/**
 * Sends each series at a steady rate, halfway between the messages of the other. A late message delays the following
 * ones: two at once would wait for each other.
 */
async function sendPaced(
  fixture: MeasuringFixture,
  sessions: readonly RawSession[],
  qos: QoS,
  { periodMs, messages }: Pace,
): Promise<void> {
  const { topic } = fixture.roles;
  const acknowledged = sessions.map(acknowledgedOf);
  let due = performance.now();
  for (let index = 0; index < messages; index += 1) {
    for (const [nth, session] of sessions.entries()) {
      if (qos > 0) await waitUntil(session, () => index - (acknowledged[nth]?.() ?? 0) < WINDOW);
      const payload = ownPayload(fixture, nth * messages + index, PAYLOAD_BYTES);
      const id = qos === 0 ? {} : { messageId: index + 1 };
      if (index % MESSAGES_A_PING === 0) session.send({ cmd: 'pingreq' });
      session.send({ cmd: 'publish', topic, payload, qos, dup: false, retain: false, ...id });
      due = Math.max(due + periodMs / sessions.length, performance.now());
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    }
  }
}

/** Counts the messages of a publisher whose exchange has ended. Each call reads only the packets that are new. */
function acknowledgedOf({ packets }: RawSession): () => number {
  let seen = 0;
  let count = 0;
  return () => {
    for (; seen < packets.length; seen += 1) {
      const packet = packets[seen];
      if (packet?.direction === 'received' && (packet.type === 'PUBACK' || packet.type === 'PUBCOMP')) count += 1;
    }
    return count;
  };
}

async function waitUntil(session: RawSession, isInWindow: () => boolean): Promise<void> {
  if (!isInWindow()) await session.packet(isInWindow, 'acknowledgement of an earlier message');
}

/** When each message arrived, by its number, in nanoseconds of the Pi's clock. Waits for messages on their way. */
async function arrivalsOf(fixture: MeasuringFixture, { messages }: Pace): Promise<ReadonlyMap<number, number>> {
  const seen = new Map<number, number>();
  const end = performance.now() + ARRIVAL_MS;
  while (seen.size < 2 * messages && performance.now() < end) {
    await fixture.order('flush');
    for (const [index, at] of (await fixture.event('arrivals')).at) if (!seen.has(index)) seen.set(index, at);
    if (seen.size < 2 * messages) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return seen;
}

/** When this machine's kernel took each message, in the order of sending. */
function sentTimes({ packets }: RawSession): readonly number[] {
  return packets.flatMap(({ type, direction, at }) => (type === 'PUBLISH' && direction === 'sent' ? [at] : []));
}

function latencies(
  sent: readonly number[],
  arrivals: ReadonlyMap<number, number>,
  first: number,
  time: PiTime,
): number[] {
  return sent.flatMap((at, index) => {
    const arrivedNs = arrivals.get(first + index);
    return arrivedNs === undefined ? [] : [Math.round((time.toHere(arrivedNs) - at) * 1e3)];
  });
}

type Measured = Omit<Latency, 'lost' | 'p50Us' | 'p95Us' | 'p99Us' | 'maxUs'>;

/** All messages must arrive, none before it was sent. Latency is not judged: it depends on machine and network. */
export function judgeLatency(measured: Measured): Finding {
  const { messages, latenciesUs, clock } = measured;
  const observed: Latency = {
    ...measured,
    lost: messages - latenciesUs.length,
    p50Us: quantile(latenciesUs, 0.5),
    p95Us: quantile(latenciesUs, 0.95),
    p99Us: quantile(latenciesUs, 0.99),
    maxUs: quantile(latenciesUs, 1),
  };
  const earliest = quantile(latenciesUs, 0);
  const uncertainUs = (WRITE_MS / 2) * 1e3 + (clock.kind === 'same' ? 0 : clock.uncertaintyUs);
  if (observed.lost > 0)
    return { verdict: 'fail', observed, reason: `${observed.lost} of ${messages} messages did not arrive` };
  if (earliest < -uncertainUs)
    return {
      verdict: 'fail',
      observed,
      reason: `a message arrived ${-earliest} µs before it was sent: the clocks differ`,
    };
  return { verdict: 'pass', observed };
}

import type { Latency } from '../../../records/measured/latency.ts';
import { counted, listed, msOfUs, whole } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive, type Outcome } from './conclusion.ts';
import type { PassedOn } from './passed-on.ts';

/** Medians of series that were measured one after the other differ by so much without a cause. */
const NOISE = 0.2;
/** Where a hundredth of this machine's own timers is later than this, it may have delayed the messages too. */
const BUSY_US = 10_000;

/** The second median against the first. */
function compared(one: Latency, other: Latency): 'alike' | 'slower' | 'faster' {
  const ratio = other.p50Us / one.p50Us;
  if (Math.abs(ratio - 1) <= NOISE) return 'alike';
  return ratio > 1 ? 'slower' : 'faster';
}

/** Measurements on a busy machine do not contradict the theory. */
export function unlessBusy(all: readonly Latency[], conclusion: Conclusion): Conclusion {
  const isBusy = all.some(({ eventLoopP99Us }) => eventLoopP99Us >= BUSY_US);
  if (!isBusy || conclusion.outcome !== 'contradicted') return conclusion;
  return inconclusive(`${conclusion.text} But this machine was busy meanwhile, which may be the reason.`);
}

/** QoS 2 against QoS 0 with TCP_NODELAY; with a reason only where the packets show when the broker passes a message of QoS 2 on. */
export function medianConclusion(all: readonly Latency[], passedOn: PassedOn | undefined): Conclusion {
  const known = all.filter(({ noDelay }) => noDelay);
  const of = (qos: number) => known.find((latency) => latency.qos === qos);
  const [zero, two] = [of(0), of(2)];
  if (zero === undefined || two === undefined)
    return inconclusive('This run does not compare QoS 0 and QoS 2: it did not measure both with TCP_NODELAY.');
  const each = known.map(({ qos, p50Us }) => `${msOfUs(p50Us)} ms at QoS ${qos}`);
  const medians = `Half of the messages arrived within ${listed(each)}`;
  const difference = compared(zero, two);
  if (difference === 'faster')
    return unlessBusy(all, contradicted(`${medians}. QoS 2 was faster than QoS 0, although it sends more packets.`));
  const ratio = (two.p50Us / zero.p50Us).toFixed(1);
  const how = difference === 'slower' ? `QoS 2 took ${ratio} times as long as QoS 0` : 'QoS 2 was as fast as QoS 0';
  const { outcome, why } = QOS2_REASONS[difference][passedOn ?? 'unknown'];
  return { outcome, text: `${medians}. ${how}${why}.`, checks: [] };
}

type Reason = { readonly outcome: Outcome; readonly why: string };

/** What the packets of QoS 2 explain: a message that is passed on after its PUBREL takes one more round trip. */
const QOS2_REASONS: Readonly<Record<'slower' | 'alike', Readonly<Record<PassedOn | 'unknown', Reason>>>> = {
  slower: {
    'after PUBREL': {
      outcome: 'confirmed',
      why: ': its packets show that this broker passes a message on after its PUBREL, a round trip later',
    },
    'before PUBREL': {
      outcome: 'inconclusive',
      why: ', and its handshake is not the reason: its packets show that this broker passes a message on before its PUBREL',
    },
    unknown: { outcome: 'confirmed', why: '' },
  },
  alike: {
    'after PUBREL': {
      outcome: 'inconclusive',
      why: ', although its packets show that this broker passes a message on after its PUBREL, a round trip later',
    },
    'before PUBREL': {
      outcome: 'confirmed',
      why: ': its packets show that this broker passes a message on before its PUBREL, so the rest of the handshake delays nothing',
    },
    unknown: { outcome: 'inconclusive', why: '' },
  },
};

/** QoS 1 against QoS 0: the broker passes a message on without waiting for its own PUBACK. */
export function acknowledgedConclusion(all: readonly Latency[]): Conclusion | undefined {
  const of = (qos: number) => all.find((latency) => latency.noDelay && latency.qos === qos);
  const [zero, one] = [of(0), of(1)];
  if (zero === undefined || one === undefined) return undefined;
  const medians = `${msOfUs(one.p50Us)} against ${msOfUs(zero.p50Us)} ms`;
  const difference = compared(zero, one);
  if (difference === 'alike')
    return confirmed(`QoS 1 was as fast as QoS 0 (${medians}): no message waits for a PUBACK on its way.`);
  const share = `${whole(Math.abs(one.p50Us / zero.p50Us - 1) * 100)} %`;
  return inconclusive(
    difference === 'slower'
      ? `QoS 1 was ${share} slower than QoS 0 (${medians}): no message waits for a PUBACK, but both ends and the broker handle more packets.`
      : `QoS 1 was ${share} faster than QoS 0 (${medians}), although it sends more packets. The lab measured one after the other, and this run cannot tell the cause.`,
  );
}

/** Whether all messages arrived. */
export function lossConclusion(all: readonly Latency[]): Conclusion {
  const lossy = all.filter(({ lost }) => lost > 0);
  const sent = all.reduce((sum, { messages }) => sum + messages, 0);
  if (lossy.length === 0) return confirmed(`All of ${counted(sent, 'message')} arrived.`);
  const each = lossy.map(({ qos, lost, messages }) => `${whole(lost)} of ${whole(messages)} at QoS ${qos}`);
  const text = `Lost: ${listed(each)}`;
  return lossy.every(({ qos }) => qos === 0) ? inconclusive(`${text}, which QoS 0 permits.`) : contradicted(`${text}.`);
}

/** A warning where this machine's own timers were late enough to show in the tails. */
export function loopConclusion(all: readonly Latency[]): Conclusion | undefined {
  const latest = Math.max(...all.map(({ eventLoopP99Us }) => eventLoopP99Us));
  const slowest = Math.max(...all.map(({ p99Us }) => p99Us));
  if (!Number.isFinite(latest)) return undefined;
  if (latest < BUSY_US && latest * 2 < slowest) return undefined;
  return inconclusive(
    `One in a hundred of this machine’s own timers was late by ${msOfUs(latest)} ms or more, so this machine and not the network may cause the tails (p99, max). The medians are more reliable.`,
  );
}

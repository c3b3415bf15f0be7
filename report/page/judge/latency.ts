import type { Latency } from '../../../records/measured/latency.ts';
import { quantileDifference } from '../../statistics/quantile-test.ts';
import { counted, listed, msOfUs, whole } from '../format.ts';
import type { PassedOn } from './passed-on.ts';
import type { Sentence } from './sentence.ts';

/** Medians are told as different where chance makes that of one in a hundred pairs, and where the difference is worth telling. */
const CHANCE = 0.01;
const ALIKE = 0.1;
/** Where a hundredth of this machine's own timers is later than this, what it measures is its own doing too. */
const BUSY_US = 10_000;

/** Second against first: as fast, or by how much it differs where that is no chance. */
function compared(one: Latency, other: Latency): 'alike' | 'slower' | 'faster' {
  const ratio = other.p50Us / one.p50Us;
  const { p } = quantileDifference(one.latenciesUs, other.latenciesUs, 0.5, 1 - CHANCE);
  if (p >= CHANCE || Math.abs(ratio - 1) <= ALIKE) return 'alike';
  return ratio > 1 ? 'slower' : 'faster';
}

/** What a busy machine measures against the theory proves nothing against it. */
export function unlessBusy(all: readonly Latency[], sentence: Sentence): Sentence {
  const isBusy = all.some(({ eventLoopP99Us }) => eventLoopP99Us >= BUSY_US);
  if (!isBusy || sentence.says !== 'not so') return sentence;
  const text = `${sentence.text.slice(0, 1).toUpperCase()}${sentence.text.slice(1)}`;
  return { says: 'open', text: `${text} But this machine was busy meanwhile, and that may be the reason.` };
}

/** What the medians say of QoS 2 against QoS 0 with TCP_NODELAY; why only where it was seen when the broker passes a message of QoS 2 on. */
export function medianSentence(all: readonly Latency[], passedOn: PassedOn | undefined): Sentence {
  const known = all.filter(({ noDelay }) => noDelay);
  const of = (qos: number) => known.find((latency) => latency.qos === qos);
  const [none, twice] = [of(0), of(2)];
  if (none === undefined || twice === undefined) {
    return {
      says: 'open',
      text: 'QoS 0 and QoS 2 were not both measured with TCP_NODELAY, so they can’t be compared.',
    };
  }
  const told = known.map(({ qos, p50Us }) => `${msOfUs(p50Us)} ms at QoS ${qos}`);
  const medians = `Half of the messages were there after ${listed(told)}`;
  const outcome = compared(none, twice);
  if (outcome === 'faster') {
    const text = `${medians}. QoS 2 was faster than QoS 0, although it has more to do.`;
    return unlessBusy(all, { says: 'not so', text });
  }
  const ratio = (twice.p50Us / none.p50Us).toFixed(1);
  const how = outcome === 'slower' ? `QoS 2 took ${ratio} times as long as QoS 0` : 'QoS 2 was as fast as QoS 0';
  const { says, why } = WHY_TWICE[outcome][passedOn ?? 'unseen'];
  return { says, text: `${medians}. ${how}${why}.` };
}

/** What the packets of QoS 2 say of its latency: a message that is passed on after its PUBREL has one more round trip. */
const WHY_TWICE: Readonly<
  Record<'slower' | 'alike', Record<PassedOn | 'unseen', { readonly says: Sentence['says']; readonly why: string }>>
> = {
  slower: {
    'after PUBREL': {
      says: 'so',
      why: ': its packets show that this broker passes a message on when its PUBREL has come, a round trip later',
    },
    'before PUBREL': {
      says: 'open',
      why: ', and its handshake is not why: its packets show that this broker passes a message on before its PUBREL has come',
    },
    unseen: { says: 'so', why: '' },
  },
  alike: {
    'after PUBREL': {
      says: 'open',
      why: ', although its packets show that this broker passes a message on a round trip later, when its PUBREL has come',
    },
    'before PUBREL': {
      says: 'so',
      why: ': its packets show that this broker passes a message on before its PUBREL has come, and then the rest of the handshake delays nothing',
    },
    unseen: { says: 'open', why: '' },
  },
};

/** QoS 1 is passed on as QoS 0 is: its PUBACK travels while the message does. */
export function acknowledgedSentence(all: readonly Latency[]): Sentence | undefined {
  const of = (qos: number) => all.find((latency) => latency.noDelay && latency.qos === qos);
  const [none, once] = [of(0), of(1)];
  if (none === undefined || once === undefined) return undefined;
  const medians = `${msOfUs(once.p50Us)} against ${msOfUs(none.p50Us)} ms`;
  const outcome = compared(none, once);
  if (outcome === 'alike') {
    return {
      says: 'so',
      text: `QoS 1 was as fast as QoS 0 (${medians}): nobody waits for the PUBACK before the message is passed on.`,
    };
  }
  const share = `${whole(Math.abs(once.p50Us / none.p50Us - 1) * 100)} %`;
  if (outcome === 'slower') {
    return {
      says: 'open',
      text: `QoS 1 was slower than QoS 0 by ${share} (${medians}): nobody waits for the PUBACK, but both ends and the broker have more to do.`,
    };
  }
  return {
    says: 'open',
    text: `QoS 1 was faster than QoS 0 by ${share} (${medians}), although it has more to do. The two were measured one after the other, and this run can’t tell the cause; a guess is that a client that is answered keeps both ends awake.`,
  };
}

/** Whether all messages came. */
export function lossSentence(all: readonly Latency[]): Sentence {
  const lossy = all.filter(({ lost }) => lost > 0);
  const sent = all.reduce((sum, { messages }) => sum + messages, 0);
  if (lossy.length === 0) return { says: 'so', text: `All of ${counted(sent, 'message')} came.` };
  const told = lossy.map(({ qos, lost, messages }) => `${whole(lost)} of ${whole(messages)} at QoS ${qos}`);
  const isAllowed = lossy.every(({ qos }) => qos === 0);
  return {
    says: isAllowed ? 'open' : 'not so',
    text: `${listed(told)} did not come${isAllowed ? ', which QoS 0 allows' : ''}.`,
  };
}

/** Whether this machine's own timers were late enough to show in the tails. */
export function loopSentence(all: readonly Latency[]): Sentence | undefined {
  const latest = Math.max(...all.map(({ eventLoopP99Us }) => eventLoopP99Us));
  const slowest = Math.max(...all.map(({ p99Us }) => p99Us));
  if (!Number.isFinite(latest)) return undefined;
  if (latest < BUSY_US && latest * 2 < slowest) return undefined;
  return {
    says: 'open',
    text: `One in a hundred of this machine’s own timers was late by ${msOfUs(latest)} ms or more, so that the tails (p99, max) may be its doing and not the network’s. Medians bear that better.`,
  };
}

import type { Latency } from '../../measured/latency.ts';
import { quantileDifference } from '../../statistics/quantile-test.ts';
import { counted, listed, msOfUs, whole } from '../format.ts';
import type { Sentence } from './sentence.ts';

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN); Nagle's algorithm holds a small segment back that long. */
const HELD_BACK_US = 30_000;
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
function unlessBusy(all: readonly Latency[], sentence: Sentence): Sentence {
  const isBusy = all.some(({ eventLoopP99Us }) => eventLoopP99Us >= BUSY_US);
  if (!isBusy || sentence.says !== 'not so') return sentence;
  const text = `${sentence.text.slice(0, 1).toUpperCase()}${sentence.text.slice(1)}`;
  return { says: 'open', text: `${text} But this machine was busy meanwhile, and that may be the reason.` };
}

/** Share of messages that took as long as a delayed acknowledgement. */
export function heldBack({ latenciesUs }: Pick<Latency, 'latenciesUs'>): number {
  return latenciesUs.filter((us) => us >= HELD_BACK_US).length / Math.max(1, latenciesUs.length);
}

/** What the medians say of the three levels with TCP_NODELAY: a message of QoS 2 is passed on after one more round trip. */
export function medianSentence(all: readonly Latency[]): Sentence {
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
  const ratio = twice.p50Us / none.p50Us;
  const medians = `Half of the messages were there after ${listed(told)}`;
  const outcome = compared(none, twice);
  if (outcome === 'slower') {
    return {
      says: 'so',
      text: `${medians}. QoS 2 took ${ratio.toFixed(1)} times as long as QoS 0, since the broker passes a message on when its PUBREL has come, a round trip later.`,
    };
  }
  if (outcome === 'alike') {
    return {
      says: 'open',
      text: `${medians}. QoS 2 was as fast as QoS 0. A broker may pass a message on before its PUBREL has come (4.3.3), and then the rest of the handshake delays nothing.`,
    };
  }
  const text = `${medians}. QoS 2 was faster than QoS 0, although it has more to do.`;
  return unlessBusy(all, { says: 'not so', text });
}

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
  const text = `QoS 1 was faster than QoS 0 by ${share} (${medians}), although it has more to do.`;
  return unlessBusy(all, { says: 'not so', text });
}

/** Whether Nagle's algorithm with delayed acknowledgements shows: messages of 40 ms, which TCP_NODELAY does away with. */
export function nagleSentence(all: readonly Latency[]): Sentence {
  const held = (noDelay: boolean) => all.filter((latency) => latency.noDelay === noDelay);
  const [without, withNagle] = [held(true), held(false)];
  if (without.length === 0 || withNagle.length === 0) {
    return { says: 'open', text: 'TCP_NODELAY was not measured both on and off.' };
  }
  const tails = (some: readonly Latency[]) =>
    some.flatMap((latency) => {
      const share = heldBack(latency);
      return share === 0 ? [] : [`${shareText(share)} at QoS ${latency.qos}`];
    });
  const [tailWithout, tailWith] = [tails(without), tails(withNagle)];
  const limit = `${whole(HELD_BACK_US / 1000)} ms or more`;
  if (tailWith.length > 0 && tailWithout.length === 0) {
    return {
      says: 'so',
      text: `With Nagle’s algorithm messages took ${limit} (${listed(tailWith)}), with TCP_NODELAY none did: a small segment waits there until the one before it is acknowledged, and Linux may delay that by 40 ms.`,
    };
  }
  if (tailWith.length === 0 && tailWithout.length === 0) {
    return {
      says: 'open',
      text: `No message took ${limit}, with Nagle’s algorithm or without: at this rate and on this network every segment was acknowledged before the next one was ready to leave. The 40 ms appear where two small segments follow each other sooner.`,
    };
  }
  if (tailWith.length === 0) {
    return unlessBusy(all, {
      says: 'not so',
      text: `with TCP_NODELAY messages took ${limit} (${listed(tailWithout)}), with Nagle’s algorithm none did; something other than Nagle held them up.`,
    });
  }
  return unlessBusy(all, {
    says: 'not so',
    text: `messages of ${limit} there were with Nagle’s algorithm (${listed(tailWith)}) and with TCP_NODELAY too (${listed(tailWithout)}), so that they are not its doing alone.`,
  });
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

/** `0.4 %`. */
function shareText(share: number): string {
  const percent = share * 100;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

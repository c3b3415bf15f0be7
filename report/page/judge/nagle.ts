import type { Latency } from '../../../records/measured/latency.ts';
import { listed, whole } from '../format.ts';
import { unlessBusy } from './latency.ts';
import type { Sentence } from './sentence.ts';

/** Linux delays an acknowledgement by 40 ms at least (TCP_DELACK_MIN); Nagle's algorithm holds a small segment back that long. */
const DELAYED_MS = 40;
const HELD_BACK_US = 30_000;
/** Two kinds of socket are told apart where chance makes their difference in one of a hundred runs. */
const CHANCE = 0.01;
const LONG = `${whole(HELD_BACK_US / 1000)} ms more than the median of their own series`;

type Series = Pick<Latency, 'latenciesUs' | 'p50Us'>;

/** Whether each message was held back, in the order of sending: whether it took 30 ms more than the median of its series, however far away the Pi is. */
export function heldBack({ latenciesUs, p50Us }: Series): boolean[] {
  return latenciesUs.map((us) => us - p50Us >= HELD_BACK_US);
}

/** Whether Nagle's algorithm with delayed acknowledgements shows: messages that were held back, and more of them than with TCP_NODELAY. */
export function nagleSentence(all: readonly Latency[]): Sentence {
  const isBoth = ({ qos }: Latency) => new Set(all.flatMap((one) => (one.qos === qos ? one.noDelay : []))).size === 2;
  const paired = all.filter(isBoth);
  if (paired.length === 0) return { says: 'open', text: 'TCP_NODELAY was not measured both on and off.' };
  const without = paired.filter(({ noDelay }) => noDelay);
  const withNagle = paired.filter(({ noDelay }) => !noDelay);
  const [few, many] = [holds(without), holds(withNagle)];
  if (few + many === 0) {
    return {
      says: 'open',
      text: `No messages took ${LONG}, with Nagle’s algorithm or without: no delayed acknowledgement shows at this rate and on this network.`,
    };
  }
  if (chanceOf(many, few) < CHANCE) {
    return {
      says: 'so',
      text: `With Nagle’s algorithm messages took ${LONG} (${shares(withNagle)}), with TCP_NODELAY ${fewer(without)} did: a small segment waits there until the one before it is acknowledged, and Linux may delay that by ${DELAYED_MS} ms.${pingText(withNagle)}`,
    };
  }
  if (chanceOf(few, many) < CHANCE) {
    return unlessBusy(all, {
      says: 'not so',
      text: `with TCP_NODELAY messages took ${LONG} (${shares(without)}), with Nagle’s algorithm ${fewer(withNagle)} did; something other than Nagle held them up.`,
    });
  }
  return {
    says: 'open',
    text: `With Nagle’s algorithm ${some(withNagle)} took ${LONG}, with TCP_NODELAY ${some(without)}: chance makes such a difference too, so that this run can’t tell whether Nagle’s algorithm held them back.`,
  };
}

/** How often messages were held back; those that follow each other waited for the same thing. */
function holds(some: readonly Series[]): number {
  return some.flatMap((series) => heldBack(series).filter((isHeld, index, all) => isHeld && all[index - 1] !== true))
    .length;
}

/** How likely it is that at least so many of all fall to one of two that are alike (binomial distribution, one half each). */
function chanceOf(own: number, other: number): number {
  const all = own + other;
  // in logarithms, which many holds don't overflow
  let term = -all * Math.LN2;
  let sum = Math.exp(term);
  // from none of the other's up to as many as it has
  for (let count = 1; count <= other; count += 1) {
    term += Math.log((all - count + 1) / count);
    sum += Math.exp(term);
  }
  return sum;
}

/** How many of them were sent soon after a ping, where all came, so that their places are known. */
function pingText(some: readonly Latency[]): string {
  const known = some.flatMap((series) => {
    const { messagesAPing, perSecond, lost } = series;
    if (messagesAPing === undefined || lost > 0) return [];
    return heldBack(series).flatMap((isHeld, index) =>
      isHeld ? ((index % messagesAPing) * 1000) / perSecond <= DELAYED_MS : [],
    );
  });
  if (known.length === 0) return '';
  const soon = known.filter((isSoon) => isSoon).length;
  const of = soon === known.length ? `All ${whole(soon)}` : `${whole(soon)} of these ${whole(known.length)}`;
  return ` ${of} were sent within ${DELAYED_MS} ms after a ping of their publisher.`;
}

/** `3.0 % at QoS 0`, of the levels that have any. */
function shares(all: readonly Latency[]): string {
  return listed(
    all.flatMap((series) => {
      const held = heldBack(series);
      const percent = (held.filter((isHeld) => isHeld).length / Math.max(1, held.length)) * 100;
      return percent === 0 ? [] : [`${percent.toFixed(percent < 10 ? 1 : 0)} % at QoS ${series.qos}`];
    }),
  );
}

function some(all: readonly Latency[]): string {
  return shares(all) || 'none';
}

function fewer(all: readonly Latency[]): string {
  const told = shares(all);
  return told === '' ? 'none' : `fewer (${told})`;
}

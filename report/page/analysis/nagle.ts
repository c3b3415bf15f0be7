import type { Latency } from '../../../records/measured/latency.ts';
import { listed, whole } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';
import { unlessBusy } from './latency.ts';

/** Linux delays an acknowledgement by at least 40 ms (TCP_DELACK_MIN); Nagle's algorithm holds a small segment back that long. */
const DELAYED_MS = 40;
const HELD_BACK_US = 30_000;
/** A difference counts where chance alone makes it in one of a hundred runs. */
const CHANCE = 0.01;
const LONG = `${whole(HELD_BACK_US / 1000)} ms more than the median of their own series`;

type Series = Pick<Latency, 'latenciesUs' | 'p50Us'>;

/** Whether each message was held back: it took 30 ms more than the median of its series. The median leaves out how far away the Pi is. */
export function heldBack({ latenciesUs, p50Us }: Series): boolean[] {
  return latenciesUs.map((us) => us - p50Us >= HELD_BACK_US);
}

/** Whether Nagle's algorithm with delayed acknowledgements shows: messages were held back, and more of them than with TCP_NODELAY. */
export function nagleConclusion(all: readonly Latency[]): Conclusion {
  const isBoth = ({ qos }: Latency) => new Set(all.flatMap((one) => (one.qos === qos ? one.noDelay : []))).size === 2;
  const paired = all.filter(isBoth);
  if (paired.length === 0) return inconclusive('This run did not measure TCP_NODELAY both on and off.');
  const without = paired.filter(({ noDelay }) => noDelay);
  const withNagle = paired.filter(({ noDelay }) => !noDelay);
  const [few, many] = [holds(without), holds(withNagle)];
  if (few + many === 0) {
    return inconclusive(
      `No message took ${LONG}, with Nagle’s algorithm or without: no delayed acknowledgement shows at this rate on this network.`,
    );
  }
  if (chanceOf(many, few) < CHANCE) {
    return confirmed(
      `With Nagle’s algorithm messages took ${LONG} (${shares(withNagle)}), with TCP_NODELAY ${fewer(without)} did: a small segment waits until the one before it is acknowledged, and Linux may delay that acknowledgement by ${DELAYED_MS} ms.${pingText(withNagle)}`,
    );
  }
  if (chanceOf(few, many) < CHANCE) {
    return unlessBusy(
      all,
      contradicted(
        `With TCP_NODELAY messages took ${LONG} (${shares(without)}), with Nagle’s algorithm ${fewer(withNagle)} did. Something other than Nagle’s algorithm held them back.`,
      ),
    );
  }
  return inconclusive(
    `With Nagle’s algorithm ${some(withNagle)} took ${LONG}, with TCP_NODELAY ${some(without)}: chance can make such a difference too, so this run cannot tell whether Nagle’s algorithm held them back.`,
  );
}

/** How often messages were held back; neighbours count once, since they waited for the same thing. */
function holds(some: readonly Series[]): number {
  return some.flatMap((series) => heldBack(series).filter((isHeld, index, all) => isHeld && all[index - 1] !== true))
    .length;
}

/** The probability that chance gives one of two equal sides at least `own` of all (binomial distribution). */
function chanceOf(own: number, other: number): number {
  const all = own + other;
  // in logarithms, so that many holds do not overflow
  let term = -all * Math.LN2;
  let sum = Math.exp(term);
  for (let count = 1; count <= other; count += 1) {
    term += Math.log((all - count + 1) / count);
    sum += Math.exp(term);
  }
  return sum;
}

/** How many of them followed a ping; only of series without a loss, whose places are known. */
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
  const text = shares(all);
  return text === '' ? 'none' : `fewer (${text})`;
}

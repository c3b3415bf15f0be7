import { quantile } from '../../records/measured/quantile.ts';
import { neighbourly, sharesAbove } from './blocks.ts';
import { type Welch, welch } from './welch.ts';

/** What two series of values tell of one quantile of theirs; in the values' unit, positive where the second is greater. */
export type QuantileDifference = {
  readonly before: number;
  readonly after: number;
  /** Two-sided; of no difference. */
  readonly p: number;
  /** Where the difference lies, at the confidence that was asked for; an end that the values don't bound is infinite. */
  readonly interval: readonly [from: number, to: number];
  readonly blocks: number;
  /** Whether even the long blocks resemble their neighbours: then the interval is too narrow. */
  readonly drifts: boolean;
};

/** More blocks tell more, longer ones depend less on their neighbours; 10 to 30 are enough (B. Schmeiser, Operations Research 30, 1982). */
const BLOCKS = [20, 10] as const;

/** Values that the test needs: some in each block, and so many beyond the quantile. */
const LEAST_VALUES = 200;
const LEAST_BEYOND = 10;

const STEPS = 60;

/** How many values of each series a test of this quantile needs. */
export function valuesNeeded(share: number): number {
  // 10 / (1 − 0.99) is a hair above 1,000 in binary
  return Math.max(LEAST_VALUES, Math.round(LEAST_BEYOND / Math.min(share, 1 - share)));
}

/**
 * Whether two series have the same quantile, although the values of a series resemble those next to them. As in the median test of Mood (Introduction
 * to the Theory of Statistics, 1950), the question is which share of each series lies above the quantile of both together; it is asked of blocks of
 * neighbouring values (batch means), whose shares are compared by Welch's test. The interval is of the differences that the test does not reject.
 */
export function quantileDifference(
  before: readonly number[],
  after: readonly number[],
  share: number,
  confidence: number,
): QuantileDifference {
  const one = before.toSorted((a, b) => a - b);
  const other = after.toSorted((a, b) => a - b);
  const own = [quantile(before, share), quantile(after, share)] as const;
  const { blocks, drifts } = blocksFor(before, after, own);
  const shifted = (difference: number): Welch => {
    const threshold = pooledQuantile(one, other, difference, share);
    return welch(sharesAbove(before, threshold, blocks), sharesAbove(after, threshold + difference, blocks));
  };
  const reach = Math.max(one.at(-1) ?? 0, other.at(-1) ?? 0) - Math.min(one[0] ?? 0, other[0] ?? 0) + 1;
  const isGreater = (difference: number) => {
    const { t, p } = shifted(difference);
    return t > 0 && p < 1 - confidence;
  };
  const isSmaller = (difference: number) => {
    const { t, p } = shifted(difference);
    return t < 0 && p < 1 - confidence;
  };
  const from = isGreater(-reach) ? boundary(-reach, own[1] - own[0], (value) => !isGreater(value)) : -Infinity;
  const to = isSmaller(reach) ? boundary(own[1] - own[0], reach, isSmaller) : Infinity;
  return { before: own[0], after: own[1], p: shifted(0).p, interval: [from, to], blocks, drifts };
}

/** As many blocks as there may be without each resembling the next. */
function blocksFor(
  before: readonly number[],
  after: readonly number[],
  [one, other]: readonly [number, number],
): { readonly blocks: number; readonly drifts: boolean } {
  for (const blocks of BLOCKS) {
    const alike = (neighbourly(sharesAbove(before, one, blocks)) + neighbourly(sharesAbove(after, other, blocks))) / 2;
    // the standard deviation of a mean of two such coefficients, where there is no resemblance
    const chance = 1 / Math.sqrt(2 * blocks);
    if (alike < chance) return { blocks, drifts: false };
    if (blocks === BLOCKS[1]) return { blocks, drifts: alike >= 2 * chance };
  }
  return { blocks: BLOCKS[1], drifts: false };
}

/** The quantile of both series together, the second made smaller by `difference`; both ascending. */
function pooledQuantile(one: readonly number[], other: readonly number[], difference: number, share: number): number {
  const rank = Math.ceil(share * (one.length + other.length));
  let value = Number.NaN;
  for (let taken = 0, left = 0, right = 0; taken < rank; taken++) {
    const a = one[left] ?? Number.POSITIVE_INFINITY;
    const b = (other[right] ?? Number.POSITIVE_INFINITY) - difference;
    value = Math.min(a, b);
    if (a <= b) left += 1;
    else right += 1;
  }
  return value;
}

/** Where `holds` begins to be true between two values: false at the first, true at the last. */
function boundary(first: number, last: number, holds: (value: number) => boolean): number {
  let low = first;
  let high = last;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

import { leftOutReason } from '../../records/left-out.ts';
import type { CheckRecord } from '../../records/record.ts';
import { type Check, type Factors, type Finding, recordOf } from '../harness/check.ts';
import { coveringSet } from './covering-set.ts';
import { newSeed } from './seed.ts';

/** So many checks with factors all run: those of a lab with six users and six topics. */
export const MOST_COMBINATIONS = 1_000;

export type PlanOptions = {
  /** Whether every check runs. @default false */
  readonly exhaustive?: boolean | undefined;
  /** Decides which combinations of a large lab run. @default random */
  readonly seed?: number | undefined;
};

export type RunPlan<C> = {
  /** The checks that run; those that time may be too short for come last. */
  readonly planned: readonly C[];
  readonly leftOut: readonly C[];
  /** What decided which; undefined where nothing is left out. */
  readonly seed?: number;
};

type Known = Pick<Check, 'factors' | 'waits'>;

/** Of more than MOST_COMBINATIONS checks with factors, plans those that cover each pair of values. Checks that wait still begin first. */
export function planRun<C extends Known>(checks: readonly C[], { exhaustive, seed }: PlanOptions): RunPlan<C> {
  const combinations = checks.filter(hasFactors);
  if (exhaustive === true || combinations.length <= MOST_COMBINATIONS) return { planned: checks, leftOut: [] };
  const known = seed ?? newSeed();
  const covering: ReadonlySet<C> = coveringSet(combinations, known);
  const isLast = (check: C) => hasFactors(check) && check.waits !== true;
  const planned = checks.filter((check) => !hasFactors(check) || covering.has(check));
  return {
    planned: [...planned.filter((check) => !isLast(check)), ...planned.filter(isLast)],
    leftOut: combinations.filter((check) => !covering.has(check)),
    seed: known,
  };
}

function hasFactors<C extends Known>(check: C): check is C & { readonly factors: Factors } {
  return check.factors !== undefined;
}

/** The finding of a planned check whose turn came when the time was nearly up: no other check covers its combination. */
export const NO_TIME: Finding = {
  verdict: 'inconclusive',
  observed: null,
  reason: 'the time was nearly up before this check',
  advice: 'a longer --timeout lets the run reach its last checks',
};

const COVERED = leftOutReason('other checks cover each pair of its user, topic, action and version');

/** The record of a check that is not in the plan. */
export function leftOutRecord(check: Check): CheckRecord {
  return recordOf(check, { verdict: 'skipped', observed: null, reason: COVERED });
}

import type { Environment } from '../../records/environment.ts';
import { type Counts, count } from '../../records/record.ts';
import { type Difference, environmentDifferences } from './environment.ts';
import type { ComparedRun } from './find-run.ts';
import { type Excess, excessesOf, type LatencyChange, latencyChanges } from './latency.ts';
import { type Sizes, sizeChanges } from './sizes.ts';
import { type Timings, timingChanges } from './timings.ts';
import { type VerdictChange, verdictChanges } from './verdicts.ts';

/** One of the two runs, in short. */
export type RunSummary = {
  readonly name: string;
  readonly file: string;
  readonly counts: Counts;
  readonly environment: Environment;
};

/** What changed between two runs; what `compare --json` prints. */
export type Comparison = {
  /** `fail` where a check that passed, or deviated as known, now fails, or where a latency rose by more than allowed. */
  readonly verdict: 'pass' | 'fail';
  readonly before: RunSummary;
  readonly after: RunSummary;
  /** How many checks are in both. */
  readonly common: number;
  readonly checks: readonly VerdictChange[];
  readonly environment: readonly Difference[];
  readonly sizes: Sizes;
  readonly timings: Timings;
  readonly latency: readonly LatencyChange[];
  /** How much a median or p99 may rise, in percent. @default any amount */
  readonly maxSlower?: number;
  readonly excesses: readonly Excess[];
};

/** Compares two runs. A median or p99 of a latency may rise by `maxSlower` percent, or by any amount without it. */
export function compareRuns(before: ComparedRun, after: ComparedRun, maxSlower?: number): Comparison {
  const checks = verdictChanges(before, after);
  const latency = latencyChanges(before, after);
  const excesses = maxSlower === undefined ? [] : latency.flatMap((change) => excessesOf(change, maxSlower));
  const isWorse = excesses.length > 0 || checks.some(({ change }) => change === 'broken');
  return {
    verdict: isWorse ? 'fail' : 'pass',
    before: summary(before),
    after: summary(after),
    common: [...before.records.keys()].filter((id) => after.records.has(id)).length,
    checks,
    environment: environmentDifferences(before.environment, after.environment),
    sizes: sizeChanges(before, after),
    timings: timingChanges(before, after),
    latency,
    ...(maxSlower === undefined ? {} : { maxSlower }),
    excesses,
  };
}

function summary({ name, file, environment, records }: ComparedRun): RunSummary {
  return { name, file, counts: count([...records.values()]), environment };
}

import type { Counts } from '../../records/record.ts';
import { type Difference, environmentDifferences } from './environment.ts';
import { type LatencyChange, latencyChanges } from './latency.ts';
import type { KeptEnvironment, KeptRun } from './run.ts';
import { type Sizes, sizeChanges } from './sizes.ts';
import { type Timings, timingChanges } from './timings.ts';
import { type VerdictChange, verdictChanges } from './verdicts.ts';

export type ComparedRun = {
  readonly name: string;
  readonly file: string;
  readonly counts: Counts;
  /** Records that could not be read. */
  readonly unreadable: number;
  readonly environment: KeptEnvironment;
};

/** A latency that is shown to have risen by more than was declared to be allowed; all of its interval lies beyond. */
export type Excess = { readonly id: string; readonly name: string; readonly percent: number };

/** What changed between two runs; what `compare --json` prints. */
export type Comparison = {
  /** `fail` where a check that passed, or deviated as is known, now fails, or where a latency exceeds what was declared. */
  readonly verdict: 'pass' | 'fail';
  readonly before: ComparedRun;
  readonly after: ComparedRun;
  /** How many checks are in both. */
  readonly common: number;
  readonly checks: readonly VerdictChange[];
  readonly environment: readonly Difference[];
  readonly sizes: Sizes;
  readonly timings: Timings;
  readonly latency: readonly LatencyChange[];
  readonly excesses: readonly Excess[];
};

/** Compares two runs; `maxSlower` is by how many percent a latency may rise, any if absent. */
export function compareRuns(before: KeptRun, after: KeptRun, maxSlower?: number): Comparison {
  const checks = verdictChanges(before, after);
  const latency = latencyChanges(before, after);
  const excesses = maxSlower === undefined ? [] : latency.flatMap((change) => excessesOf(change, maxSlower));
  const isWorse = excesses.length > 0 || checks.some(({ change }) => change === 'broken');
  return {
    verdict: isWorse ? 'fail' : 'pass',
    before: compared(before),
    after: compared(after),
    common: [...before.records.keys()].filter((id) => after.records.has(id)).length,
    checks,
    environment: environmentDifferences(before.environment, after.environment),
    sizes: sizeChanges(before, after),
    timings: timingChanges(before, after),
    latency,
    excesses,
  };
}

function compared({ name, file, unreadable, environment, records }: KeptRun): ComparedRun {
  const counts = { pass: 0, fail: 0, deviation: 0, skipped: 0 };
  for (const { verdict } of records.values()) counts[verdict] += 1;
  return { name, file, counts, unreadable, environment };
}

function excessesOf(change: LatencyChange, maxSlower: number): Excess[] {
  if (change.kind === 'not tested') return [];
  return change.quantiles.flatMap(({ name, verdict, beforeUs, fromUs }) => {
    const percent = fromUs === null || beforeUs <= 0 ? 0 : (fromUs / beforeUs) * 100;
    return verdict === 'slower' && percent > maxSlower ? [{ id: change.id, name, percent }] : [];
  });
}

import { type Paint, printable, seconds } from '../../base/paint.ts';
import type { Counts, Verdict } from '../../records/record.ts';
import { type Results, results } from '../../records/results.ts';

/** One of several runs in a row. */
export type Run = {
  readonly verdict: Results['verdict'];
  readonly counts: Counts;
  /** Folder with its records. */
  readonly folder: string;
  readonly durationMs: number;
};

/** A check that failed in some of the runs. */
export type Failing = {
  readonly id: string;
  /** In how many runs. */
  readonly times: number;
  /** Why the first time, and the folder of that run. */
  readonly reason: string;
  readonly folder: string;
};

/** The runs so far. */
export type Repeated = {
  readonly runs: readonly Run[];
  readonly failing: readonly Failing[];
  /** The first run that failed, or else the last. */
  readonly shown: Results;
};

export const NO_RUNS: Repeated = { runs: [], failing: [], shown: results([]) };

/** What `verify --repeat --json` prints: counts are sums, `checks` and `environment` come from the first run that failed, or else from the last. */
export type RepeatedResults = Results & {
  /** How many runs were requested; an interrupted series has fewer `runs` and never passes. */
  readonly wanted: number;
  readonly runs: readonly Run[];
};

export function withRun({ runs, failing, shown }: Repeated, found: Results, folder: string): Repeated {
  const { verdict, counts, checks, environment } = found;
  const run = { verdict, counts, folder, durationMs: environment?.durationMs ?? 0 };
  const seen = new Map(failing.map((one) => [one.id, one]));
  for (const { id, verdict: own, reason = 'not as expected' } of checks) {
    if (own !== 'fail') continue;
    const before = seen.get(id);
    seen.set(id, before === undefined ? { id, times: 1, reason, folder } : { ...before, times: before.times + 1 });
  }
  const isShown = runs.every((one) => one.verdict === 'pass');
  return { runs: [...runs, run], failing: [...seen.values()], shown: isShown ? found : shown };
}

export function repeatedResults({ runs, shown }: Repeated, wanted: number): RepeatedResults {
  const sum = (verdict: Verdict) => runs.reduce((total, { counts }) => total + counts[verdict], 0);
  const counts = {
    pass: sum('pass'),
    fail: sum('fail'),
    deviation: sum('deviation'),
    skipped: sum('skipped'),
    inconclusive: sum('inconclusive'),
  };
  const verdict = isAllPassed(runs, wanted) ? 'pass' : 'fail';
  return { ...shown, verdict, counts, wanted, runs };
}

/** `✓ run 3 of 100 in 8.8 s: 72 passed, 1 skipped`; a failed run also names its records. */
export function runLine({ verdict, counts, folder, durationMs }: Run, nth: number, of: number, paint: Paint): string {
  const mark = verdict === 'pass' ? paint('green', '✓') : paint('red', '✗');
  const where = verdict === 'pass' ? '' : `; records: ${folder}`;
  return `${mark} run ${nth} of ${of} in ${seconds(durationMs)}: ${countWords(counts)}${where}`;
}

/** How many runs passed, and which checks failed: how often, and why the first time. */
export function repeatedLines({ runs, failing }: Repeated, wanted: number, paint: Paint): string[] {
  const failed = runs.filter(({ verdict }) => verdict !== 'pass').length;
  const mark = isAllPassed(runs, wanted) ? paint('green', '✓') : paint('red', '✗');
  const of = runs.length < wanted ? ` of ${wanted}, interrupted,` : '';
  const took = runs.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const often = [...failing].sort((one, other) => other.times - one.times);
  return [
    `${mark} ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${of} in ${seconds(took)}: ${runs.length - failed} passed, ${failed} failed`,
    ...often.flatMap(({ id, times, reason, folder }) => [
      paint('red', `  ✗ ${id}  failed in ${times} of ${runs.length}`),
      `      first     ${printable(reason)}`,
      `      records   ${folder}`,
    ]),
  ];
}

/** An interrupted series has not passed. */
function isAllPassed(runs: readonly Run[], wanted: number): boolean {
  return runs.length > 0 && runs.length >= wanted && runs.every(({ verdict }) => verdict === 'pass');
}

export function countWords({ pass, fail, deviation, skipped, inconclusive }: Counts): string {
  const words = [
    `${pass} passed`,
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(inconclusive > 0 ? [`${inconclusive} inconclusive`] : []),
    ...(deviation > 0 ? [`${deviation} known ${deviation === 1 ? 'deviation' : 'deviations'}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return words.join(', ');
}

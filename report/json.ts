import { type CheckRecord, type Counts, count } from './record.ts';

/** What `verify --json` prints and results.json holds. */
export type Results = {
  readonly verdict: 'pass' | 'fail';
  readonly counts: Counts;
  readonly checks: readonly CheckRecord[];
};

/** Passes when something was shown and nothing failed: a run in which every check was skipped has proved nothing. */
export function results(records: readonly CheckRecord[]): Results {
  const counts = count(records);
  const verdict = counts.pass + counts.deviation > 0 && counts.fail === 0 ? 'pass' : 'fail';
  return { verdict, counts, checks: [...records].sort((one, other) => one.id.localeCompare(other.id)) };
}

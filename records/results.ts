import { CommanderError } from 'commander';
import { InputError, LabError } from '../base/errors.ts';
import type { Environment } from './environment.ts';
import type { FailureJson } from './json/failure.ts';
import { type CheckRecord, type Counts, count } from './record.ts';

/** What `verify --json` prints and results.json holds. */
export type Results = {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly counts: Counts;
  /** Sorted by id. */
  readonly checks: readonly CheckRecord[];
  /** How many checks of a large lab only records.jsonl has; verdict and counts include them. */
  readonly omitted?: number;
  readonly environment?: Environment;
};

/** Compares many ids faster than localeCompare does. */
const BY_WORDS = new Intl.Collator();

/**
 * Passes when something passed, nothing failed and every check could be judged: a run that skipped every check proves nothing.
 */
export function results(records: readonly CheckRecord[], environment?: Environment): Results {
  const counts = count(records);
  const judged = counts.pass + counts.deviation > 0 && counts.fail === 0 ? 'pass' : 'fail';
  const verdict = counts.fail === 0 && counts.inconclusive > 0 ? 'inconclusive' : judged;
  const checks = [...records].sort((one, other) => BY_WORDS.compare(one.id, other.id));
  return { verdict, counts, checks, ...(environment === undefined ? {} : { environment }) };
}

/** What `--json` prints when a command fails: what went wrong, or the mistakes in the input. */
export function failureJson(error: unknown): FailureJson {
  if (error instanceof LabError) return { verdict: 'fail', error: error.trouble };
  if (error instanceof InputError) return { verdict: 'fail', mistakes: error.mistakes };
  const happened = error instanceof Error ? error.message : String(error);
  if (error instanceof CommanderError) return { verdict: 'fail', mistakes: [happened.replace(/^error: /, '')] };
  return { verdict: 'fail', error: { subject: 'lab', step: 'run the command', happened } };
}

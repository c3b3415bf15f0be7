import type { CheckRecord, Family, Verdict } from '../../records/record.ts';
import type { ComparedRun } from './find-run.ts';

/** Changes of a verdict that are listed check by check, by importance; only `broken` counts as worse. */
export const LISTED_CHANGES = [
  'broken',
  'new failure',
  'still fails',
  'deviates',
  'now inconclusive',
  'now skipped',
  'fixed',
  'no longer deviates',
  'no longer skipped',
] as const;
export type ListedChange = (typeof LISTED_CHANGES)[number];

/** The last two also occur where one run had a smaller scope, so they are only counted. */
const CHANGES = [...LISTED_CHANGES, 'only before', 'only after'] as const;
export type Change = (typeof CHANGES)[number];

export type VerdictChange = {
  readonly id: string;
  readonly family: Family;
  readonly change: Change;
  readonly before?: Verdict;
  readonly after?: Verdict;
  /** Of the second run, or of the first where only that has the check. */
  readonly reason?: string;
};

/** Every check whose verdict changed, that fails in both runs, or that only one run has; by importance, then by id. */
export function verdictChanges(before: ComparedRun, after: ComparedRun): VerdictChange[] {
  const ids = [...new Set([...before.records.keys(), ...after.records.keys()])];
  return ids
    .flatMap((id) => changeOf(before.records.get(id), after.records.get(id)) ?? [])
    .sort((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id));
}

function rank({ change }: VerdictChange): number {
  return CHANGES.indexOf(change);
}

function changeOf(before: CheckRecord | undefined, after: CheckRecord | undefined): VerdictChange | undefined {
  const record = after ?? before;
  const change = changeBetween(before?.verdict, after?.verdict);
  if (record === undefined || change === undefined) return undefined;
  const { id, family, reason } = record;
  return {
    id,
    family,
    change,
    ...(before === undefined ? {} : { before: before.verdict }),
    ...(after === undefined ? {} : { after: after.verdict }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Undefined where nothing changed. */
function changeBetween(before: Verdict | undefined, after: Verdict | undefined): Change | undefined {
  if (after === 'fail') {
    if (before === 'fail') return 'still fails';
    return before === 'pass' || before === 'deviation' ? 'broken' : 'new failure';
  }
  if (after === undefined) return 'only before';
  if (before === undefined) return 'only after';
  if (before === after) return undefined;
  if (after === 'inconclusive') return 'now inconclusive';
  if (after === 'skipped') return 'now skipped';
  if (before === 'fail') return 'fixed';
  if (before === 'skipped' || before === 'inconclusive') return 'no longer skipped';
  return after === 'deviation' ? 'deviates' : 'no longer deviates';
}

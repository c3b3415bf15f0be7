import type { Verdict } from '../../records/record.ts';
import type { KeptRecord, KeptRun } from './run.ts';

/** What has become of a check that is told by itself, by importance; `broken` alone says that something got worse. */
export const ONE_BY_ONE = [
  'broken',
  'fails',
  'still fails',
  'deviates',
  'no longer shown',
  'mended',
  'as wanted',
  'now shown',
] as const;

/** What has become of a check; the last two also where a run was a shorter one, so that they are counted only. */
export const CHANGES = [...ONE_BY_ONE, 'only before', 'only after'] as const;
export type Change = (typeof CHANGES)[number];

export type VerdictChange = {
  readonly id: string;
  readonly change: Change;
  readonly before?: Verdict;
  readonly after?: Verdict;
  /** Of the second run, or of the first where only that has the check. */
  readonly reason?: string;
};

/** Every check whose verdict is another one, that fails in both runs, or that only one of them has; by importance, then by id. */
export function verdictChanges(before: KeptRun, after: KeptRun): VerdictChange[] {
  const ids = [...new Set([...before.records.keys(), ...after.records.keys()])];
  return ids
    .flatMap((id) => changeOf(id, before.records.get(id), after.records.get(id)) ?? [])
    .sort((one, other) => rank(one) - rank(other) || one.id.localeCompare(other.id));
}

function rank({ change }: VerdictChange): number {
  return CHANGES.indexOf(change);
}

function changeOf(
  id: string,
  before: KeptRecord | undefined,
  after: KeptRecord | undefined,
): VerdictChange | undefined {
  const change = named(before?.verdict, after?.verdict);
  if (change === undefined) return undefined;
  const reason = (after ?? before)?.reason;
  return {
    id,
    change,
    ...(before === undefined ? {} : { before: before.verdict }),
    ...(after === undefined ? {} : { after: after.verdict }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Undefined where there is nothing to tell. */
function named(before: Verdict | undefined, after: Verdict | undefined): Change | undefined {
  if (after === 'fail') {
    if (before === 'fail') return 'still fails';
    return before === 'pass' || before === 'deviation' ? 'broken' : 'fails';
  }
  if (after === undefined) return 'only before';
  if (before === undefined) return 'only after';
  if (before === after) return undefined;
  if (after === 'skipped') return 'no longer shown';
  if (before === 'fail') return 'mended';
  if (before === 'skipped') return 'now shown';
  return after === 'deviation' ? 'deviates' : 'as wanted';
}

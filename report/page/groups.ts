import type { CheckRecord, Verdict } from '../../records/record.ts';

/** The items by a key, in the order of the groups' first items. */
export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

const WORST_FIRST: readonly Verdict[] = ['fail', 'inconclusive', 'deviation', 'pass', 'skipped'];

/** The worst verdict of several checks; skipped only where all are. */
export function worstOf(checks: readonly Pick<CheckRecord, 'verdict'>[]): Verdict {
  return WORST_FIRST.find((verdict) => checks.some((record) => record.verdict === verdict)) ?? 'skipped';
}

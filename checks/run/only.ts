import { FAMILIES, familyOf } from '../../records/record.ts';
import { type Check, isInScope, isWanted } from '../harness/check.ts';
import type { RunOptions } from './messages.ts';

type Known = Pick<Check, 'id' | 'scope'>;

/**
 * A line for each pattern of `--only` that no check of the run matches, out of all checks that the lab has. Nothing runs then: a pattern that is
 * passed over would leave somebody believing that what it names was proved.
 */
export function mistakesOf({ only, scope }: Pick<RunOptions, 'only' | 'scope'>, checks: readonly Known[]): string[] {
  if (only === undefined) return [];
  const patterns = only.split(',').map((pattern) => pattern.trim());
  return patterns.flatMap((pattern) => {
    const matching = checks.filter(({ id }) => isWanted(id, pattern));
    if (matching.some((check) => isInScope(check, scope))) return [];
    if (pattern === '') return [`--only '${only}': a pattern is empty`];
    const why = matching.length === 0 ? noSuchId(pattern, checks) : outOfScope(matching);
    return [`--only ${pattern}: ${why}`];
  });
}

function outOfScope(matching: readonly Known[]): string {
  const isPartOfDefault = matching.some((check) => isInScope(check, 'default'));
  return isPartOfDefault ? 'such checks are no part of --quick' : 'such checks run with --disruptive only';
}

/** What there is instead: the families, or how the ids of the pattern's family begin. */
function noSuchId(pattern: string, checks: readonly Known[]): string {
  const [first] = pattern.split(/[.*]/);
  const own = checks.filter((check) => familyOf(check) === first);
  const starts = own.map(({ id }) => id.split('.').slice(0, 2).join('.'));
  const known = own.length === 0 ? FAMILIES : [...new Set(starts)].sort();
  return `no check has such an id; ids begin with ${known.join(', ')}`;
}

import { InputError } from '../../base/errors.ts';
import { FAMILIES, familyOf } from '../../records/record.ts';
import { type Check, SCOPES, type Scope } from '../harness/check.ts';
import type { PlanOptions } from './plan-run.ts';

/** Which checks run. */
export type Selection = {
  /** Ids or patterns, separated by commas. @default all */
  readonly only?: string | undefined;
  /** How far the run goes. @default default */
  readonly scope?: Scope | undefined;
  /** Whether measurements take as long as the report needs, such as three pings at 25 s. @default false */
  readonly full?: boolean | undefined;
} & PlanOptions;

type Known = Pick<Check, 'id' | 'scope'>;

/** The checks of a run. Throws an InputError when a pattern of `only` matches none of them. */
export function selectChecks(checks: readonly Check[], selection: Selection): readonly Check[] {
  const mistakes = mistakesOf(selection, checks);
  if (mistakes.length > 0) throw new InputError(mistakes);
  return checks.filter((check) => isInRun(check, selection));
}

export function isInRun(check: Known, { only, scope = 'default' }: Selection): boolean {
  return isInScope(check, scope) && isSelected(check.id, only);
}

/** Whether a run of this scope includes the check. */
export function isInScope({ scope = 'quick' }: Pick<Check, 'scope'>, wanted: Scope): boolean {
  return SCOPES.indexOf(scope) <= SCOPES.indexOf(wanted);
}

/** Whether the patterns of `only` select the check: `*` stands for anything, `acl` alone for `acl.*`. */
export function isSelected(id: string, only: string | undefined): boolean {
  if (only === undefined) return true;
  return only.split(',').some((pattern) => {
    const parts = pattern
      .trim()
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}(\\..*)?$`).test(id);
  });
}

/**
 * A line for each pattern of `only` that matches no check of the run. With one such line nothing runs: a run without
 * the pattern's checks would suggest that they passed.
 */
export function mistakesOf({ only, scope = 'default' }: Selection, checks: readonly Known[]): string[] {
  if (only === undefined) return [];
  const patterns = only.split(',').map((pattern) => pattern.trim());
  return patterns.flatMap((pattern) => {
    const matching = checks.filter(({ id }) => isSelected(id, pattern));
    if (matching.some((check) => isInScope(check, scope))) return [];
    if (pattern === '') return [`--only '${only}': a pattern is empty`];
    const why = matching.length === 0 ? noSuchId(pattern, checks) : outOfScope(matching);
    return [`--only ${pattern}: ${why}`];
  });
}

function outOfScope(matching: readonly Known[]): string {
  const isPartOfDefault = matching.some((check) => isInScope(check, 'default'));
  return isPartOfDefault ? 'such checks are not part of --quick' : 'such checks run with --disruptive only';
}

/** Suggests the families, or the beginnings of ids in the pattern's family. */
function noSuchId(pattern: string, checks: readonly Known[]): string {
  const [first] = pattern.split(/[.*]/);
  const own = checks.filter((check) => familyOf(check) === first);
  const starts = own.map(({ id }) => id.split('.').slice(0, 2).join('.'));
  const known = own.length === 0 ? FAMILIES : [...new Set(starts)].sort();
  return `no check has such an id; ids begin with ${known.join(', ')}`;
}

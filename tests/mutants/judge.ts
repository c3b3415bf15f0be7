import { isSelected } from '../../checks/run/selection.ts';
import type { Mutant } from './mutant.ts';

export type JudgedCheck = { readonly id: string; readonly verdict: 'pass' | 'fail' | 'deviation' | 'skipped' };

/** What the checks made of a mutant. */
export type Kill =
  | { readonly outcome: 'killed' }
  /** A check that should have failed did not; others may have. */
  | { readonly outcome: 'missed'; readonly by: readonly string[] }
  /** Checks failed that have nothing to do with it. */
  | { readonly outcome: 'false alarm'; readonly by: readonly string[] }
  /** No check that it is to be caught by was run to a verdict. */
  | { readonly outcome: 'not looked for'; readonly by: readonly string[] }
  | { readonly outcome: 'trouble'; readonly why: string };

/**
 * Killed is a mutant when every check that must tell did so, and where it is exact, no other. A check in which the broker's version is known to
 * deviate is not asked: what must tell of somebody let in can't where the version lets them in.
 */
export function judge({ caughtBy, isExact }: Mutant, checks: readonly JudgedCheck[]): Kill {
  const judged = checks.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const unknown = caughtBy.filter((pattern) => !judged.some(({ id }) => isSelected(id, pattern)));
  if (unknown.length > 0) return { outcome: 'not looked for', by: unknown };
  const own = judged.filter(({ id }) => isSelected(id, caughtBy.join(',')));
  const blind = own.filter(({ verdict }) => verdict !== 'fail');
  if (blind.length > 0) return { outcome: 'missed', by: blind.map(({ id }) => id) };
  const others = judged.filter((check) => check.verdict === 'fail' && !own.includes(check));
  if (isExact === true && others.length > 0) return { outcome: 'false alarm', by: others.map(({ id }) => id) };
  return { outcome: 'killed' };
}

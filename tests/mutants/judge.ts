import { isSelected } from '../../checks/run/selection.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { Mutant } from './mutant.ts';

export type JudgedCheck = { readonly id: string } & Pick<CheckRecord, 'verdict' | 'reason'>;

/** Whether the checks caught a mutant. */
export type Kill =
  | { readonly outcome: 'killed' }
  /** At least one check that should have failed passed. */
  | { readonly outcome: 'missed'; readonly by: readonly string[] }
  /** Unrelated checks failed. */
  | { readonly outcome: 'false alarm'; readonly by: readonly string[] }
  /** No check that should catch it reached a verdict. */
  | { readonly outcome: 'not judged'; readonly by: readonly string[] }
  | { readonly outcome: 'error'; readonly reason: string };

/**
 * A mutant is killed when every check in `caughtBy` failed and, for an exact mutant, no other check did. Known deviations
 * of the broker's version do not count: the check cannot show a fault that the broker has without the mutant.
 */
export function judge({ caughtBy, isExact }: Mutant, checks: readonly JudgedCheck[]): Kill {
  const judged = checks.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const unjudged = caughtBy.filter((pattern) => !judged.some(({ id }) => isSelected(id, pattern)));
  if (unjudged.length > 0) return { outcome: 'not judged', by: unjudged };
  const own = judged.filter(({ id }) => isSelected(id, caughtBy.join(',')));
  const missedBy = own.filter(({ verdict }) => verdict !== 'fail');
  if (missedBy.length > 0) return { outcome: 'missed', by: missedBy.map(({ id }) => id) };
  const others = judged.filter((check) => check.verdict === 'fail' && !own.includes(check));
  if (isExact === true && others.length > 0) return { outcome: 'false alarm', by: others.map(({ id }) => id) };
  return { outcome: 'killed' };
}

import { CALLED_AS } from '../../base/called-as.ts';
import type { Environment } from '../../records/environment.ts';

/** `18,766 checks left out (seed 4711); ./lab verify --exhaustive runs them`, where a large lab's run left checks out. */
export function leftOutLines({ leftOut }: Partial<Pick<Environment, 'leftOut'>> = {}): string[] {
  if (leftOut === undefined) return [];
  const { checks, seed } = leftOut;
  const what = checks === 1 ? 'check' : 'checks';
  return [
    `${checks.toLocaleString('en-GB')} ${what} left out (seed ${seed}); ${CALLED_AS} verify --exhaustive runs them`,
  ];
}

import type { CheckRecord } from './record.ts';

const LEFT_OUT = 'left out: ';

/** The reason of a check that a large lab's run leaves out. */
export const leftOutReason = (why: string): string => `${LEFT_OUT}${why}`;

/** Whether the run left the check out, so that its record only names it. */
export function isLeftOut({ verdict, reason }: Pick<CheckRecord, 'verdict' | 'reason'>): boolean {
  return verdict === 'skipped' && reason?.startsWith(LEFT_OUT) === true;
}

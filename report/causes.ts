import type { CheckRecord } from '../records/record.ts';
import { groupsOf } from './page/groups.ts';

/** Failed and inconclusive checks with one cause. The first record is a failure where any is. */
export type Cause = readonly [CheckRecord, ...CheckRecord[]];

/** Groups failed and inconclusive checks by cause: first hosts that do not reach the broker, then failures. */
export function causesOf(records: readonly CheckRecord[]): Cause[] {
  const of = (wanted: CheckRecord['verdict']) => records.filter(({ verdict }) => verdict === wanted);
  const causes = groupsOf([...of('fail'), ...of('inconclusive')], causeOf);
  const isReach = ([{ family }]: Cause) => family === 'reach';
  return [...causes.filter(isReach), ...causes.filter((cause) => !isReach(cause))];
}

/** The reason without its figures. A check that another one stopped has `ID: ` and the reason of that one. */
function causeOf({ id, family, reason = '' }: CheckRecord): string {
  const whole = family === 'reach' ? `${id}: ${reason}` : reason;
  // a host has one obstacle at a time
  const [, place] = /^(reach\.\S+): /.exec(whole) ?? [];
  if (place !== undefined) return place;
  return whole === '' ? id : whole.replace(/\d+(\.\d+)?/g, '#');
}

/** How many of the checks failed and could not be judged, in words: `40 more failed, 3 could not be judged`. */
export function countOthers([, ...others]: Cause): string | undefined {
  const failed = others.filter(({ verdict }) => verdict === 'fail').length;
  const unjudged = others.length - failed;
  const words = [
    ...(failed > 0 ? [`${failed} more ${failed === 1 ? 'check' : 'checks'} failed`] : []),
    ...(unjudged > 0 ? [`${unjudged} ${unjudged === 1 ? 'check' : 'checks'} could not be judged`] : []),
  ];
  return words.length === 0 ? undefined : `${words.join(', ')} for the same reason`;
}

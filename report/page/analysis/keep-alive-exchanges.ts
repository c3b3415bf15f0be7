import { type Measured, recordsAbout } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';

type One = Measured<'traffic'>;

/** Whether a client's exchanges ran in parallel, and why some gave no measurement. */
export function exchangesText({ checks }: Pick<Results, 'checks'>, measured: readonly [One, ...One[]]): string {
  const [{ record, subject, observed }] = measured;
  const ids = new Set<string>(measured.map((one) => one.record.id));
  const missing = recordsAbout(checks, 'traffic').filter(
    (one) =>
      one.subject.client === subject.client &&
      one.subject.activity === subject.activity &&
      one.record.host === record.host &&
      !ids.has(one.record.id),
  );
  const what =
    measured.length === 1
      ? `One exchange, with a keep alive of ${observed.keepAlive} s: a message, and then only the keep alive.`
      : `${areParallel(measured) ? 'In parallel' : 'Not at the same time'}, a message each, and then only the keep alive.`;
  const why = missing.map(({ record: { verdict, reason = 'no reason given' }, subject: { keepAlive = '?' } }) => {
    const gave = verdict === 'skipped' ? 'was skipped' : 'gave no measurement';
    return `The exchange with ${keepAlive} s ${gave}: ${reason}.`;
  });
  return [what, ...why].join(' ');
}

/** Whether all of them ran at some moment. */
function areParallel(measured: readonly One[]): boolean {
  const of = (when: (record: CheckRecord) => number) => measured.map(({ record }) => when(record));
  const lastBegin = Math.max(...of(({ startedAt }) => startedAt));
  return lastBegin < Math.min(...of(({ startedAt, durationMs }) => startedAt + durationMs));
}

import type { Traffic } from '../../../records/measured/traffic.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { checksOf, type Measured } from '../measured.ts';

type One = Measured<Traffic>;

/** What the exchanges of a client were, side by side or not, and which of them gave no measurement, and why. */
export function exchangesText(results: Pick<Results, 'checks'>, measured: readonly [One, ...One[]]): string {
  const [{ record, observed }] = measured;
  const isMeasured = (id: string) => measured.some((one) => one.record.id === id);
  const missing = checksOf(results, 'keepalive.traffic').filter(
    ({ id }) => placeOf(id) === placeOf(record.id) && !isMeasured(id),
  );
  const what =
    measured.length === 1
      ? `One exchange, with a keep alive of ${observed.keepAlive} s: a message, and then nothing but the keep alive.`
      : `${areParallel(measured) ? 'In parallel' : 'Not at the same time'}, a message each, and then nothing but the keep alive.`;
  const why = missing.map(({ id, verdict, reason = 'its record says nothing of it' }) => {
    const gave = verdict === 'skipped' ? 'was skipped' : 'was not measured';
    return `That with ${keepAliveOf(id)} s ${gave}: ${reason}.`;
  });
  return [what, ...why].join(' ');
}

/** `keepalive.traffic.5s.mosquitto.idle.pi` without its keep alive. */
function placeOf(id: string): string {
  return id.replace(/\.\d+s\./, '.');
}

function keepAliveOf(id: string): string {
  return /\.(\d+)s\./.exec(id)?.[1] ?? '?';
}

/** Whether there was a moment at which all of them were under way. */
function areParallel(measured: readonly One[]): boolean {
  const of = (when: (record: CheckRecord) => number) => measured.map(({ record }) => when(record));
  const lastBegin = Math.max(...of(({ startedAt }) => startedAt));
  return lastBegin < Math.min(...of(({ startedAt, durationMs }) => startedAt + durationMs));
}

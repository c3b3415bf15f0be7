import { measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';
import { spanText } from './span.ts';

/** `silent clients cut off after 12.3 s (keep alive 5 s), 42.7 s (25 s)`, or nothing. */
export function expiryLine(records: readonly CheckRecord[]): string[] {
  const expiries = measured(records, 'expiry').flatMap(({ subject: { keepAlive }, observed: { closedAfterMs } }) =>
    closedAfterMs === undefined ? [] : [{ keepAlive, closedAfterMs }],
  );
  const keepAlives = [...new Set(expiries.map(({ keepAlive }) => keepAlive))].sort((one, other) => one - other);
  if (keepAlives.length === 0) return [];
  const words = keepAlives.map((keepAlive, index) => {
    const own = expiries.filter((expiry) => expiry.keepAlive === keepAlive);
    const times = own.map(({ closedAfterMs }) => closedAfterMs);
    return `${spanText(times)} (${index === 0 ? 'keep alive ' : ''}${keepAlive} s)`;
  });
  return [`silent clients cut off after ${words.join(', ')}`];
}

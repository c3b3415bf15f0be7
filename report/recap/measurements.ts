import type { Paint } from '../../base/paint.ts';
import type { CheckRecord } from '../../records/record.ts';
import { costLines } from './costs.ts';
import { expiryLine } from './expiry.ts';
import { matrixLines } from './matrix.ts';
import { willLines } from './wills.ts';

/** What a run measured, in about 16 lines of 80 columns: of each question of the checkpoint what its records show, nothing where they show nothing. */
export function essence(records: readonly CheckRecord[], paint: Paint): string[] {
  const matrix = matrixLines(records, paint);
  const costs = costLines(records);
  const wills = willLines(records, paint);
  const expiry = expiryLine(records);
  const isWhole = matrix.length > 0 && wills.length > 0 && expiry.length > 0;
  const isLatencyMissing = !records.some(({ id }) => id.startsWith('qos.latency.'));
  const hint =
    isWhole && isLatencyMissing
      ? [paint('dim', './lab report measures the rest: latency, bytes by payload, cost of pings')]
      : [];
  return [...matrix, ...costs, ...wills, ...expiry, ...hint];
}

import { CALLED_AS } from '../../base/called-as.ts';
import type { Paint } from '../../base/paint.ts';
import { recordsAbout } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';
import { certificateLines } from './certificates.ts';
import { costLines } from './costs.ts';
import { expiryLine } from './expiry.ts';
import { matrixLines } from './matrix.ts';
import { willLines } from './wills.ts';

/** The measurements of a run in about 16 lines of 80 columns, in the order of the checkpoint's questions. */
export function measurementLines(records: readonly CheckRecord[], paint: Paint): string[] {
  const matrix = matrixLines(records, paint);
  const wills = willLines(records, paint);
  const expiry = expiryLine(records);
  const isWhole = matrix.length > 0 && wills.length > 0 && expiry.length > 0;
  const lacksLatency = recordsAbout(records, 'latency').length === 0;
  const hint =
    isWhole && lacksLatency
      ? [paint('dim', `${CALLED_AS} report measures the rest: latency, bytes by payload, cost of pings`)]
      : [];
  return [...matrix, ...costLines(records), ...wills, ...expiry, ...certificateLines(records), ...hint];
}

import { byImportance } from '../../records/fit-results.ts';
import { isLeftOut } from '../../records/left-out.ts';
import type { CheckRecord } from '../../records/record.ts';
import { ALL_DRAWN, type DrawnChecks } from './drawn-checks.ts';
import { drawnCheck } from './parts/check-details.tsx';

/** The most important checks that fit into so many bytes. A check that the run left out has nothing to draw. */
export function checksThatFit(checks: readonly CheckRecord[], bytes: number): DrawnChecks {
  const fitting = new Set<string>();
  let left = bytes;
  for (const record of byImportance(checks.filter((one) => !isLeftOut(one)))) {
    left -= Buffer.byteLength(drawnCheck(record));
    if (left < 0) return fitting;
    fitting.add(record.id);
  }
  return ALL_DRAWN;
}

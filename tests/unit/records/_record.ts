import { type CheckRecord, familyOf } from '../../../records/record.ts';

/** A record that passed, unless said otherwise. */
export function recordOf(id: CheckRecord['id'], more: Partial<CheckRecord> = {}): CheckRecord {
  const made = { verdict: 'pass', expected: 1, observed: 1, startedAt: 0, durationMs: 1 } as const;
  return { id, family: familyOf({ id }), claim: 'c', ...made, ...more };
}

import { CALLED_AS } from '../../base/called-as.ts';
import type { Finding } from '../harness/check.ts';

const HOST_DIFFERS = `${CALLED_AS} up makes the host match the lab file again`;

/** Judges a list that must have exactly these entries, in any order. */
export function judgeList(found: readonly string[], expected: readonly string[]): Finding {
  const missing = expected.filter((entry) => !found.includes(entry));
  const unexpected = found.filter((entry) => !expected.includes(entry));
  if (missing.length === 0 && unexpected.length === 0) return { verdict: 'pass', observed: found };
  const reasons = [
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(unexpected.length === 0 ? [] : [`not in the lab file: ${unexpected.join(', ')}`]),
  ];
  return { verdict: 'fail', observed: found, reason: reasons.join('; '), advice: HOST_DIFFERS };
}

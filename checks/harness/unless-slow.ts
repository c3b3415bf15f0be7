import { slowness } from '../../base/slowness.ts';
import type { Finding } from './check.ts';

/** From here on a host may be too slow for its clients to keep their keep alive. */
const SLOW = 4;
const MOST_TRIES = 3;

/** Tries again while a slow machine may be the cause of what was found; in the end that is inconclusive. */
export async function unlessSlow(
  attempt: () => Promise<Finding>,
  mayBeSlowness: (finding: Finding) => boolean,
): Promise<Finding> {
  for (let tries = 1; ; tries += 1) {
    const finding = await attempt();
    if (!mayBeSlowness(finding) || slowness() < SLOW) return finding;
    if (tries < MOST_TRIES) continue;
    return {
      ...finding,
      verdict: 'inconclusive',
      reason: `the lab is too slow: ${finding.reason ?? 'no reason given'}`,
    };
  }
}

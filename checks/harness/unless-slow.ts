import { slowness } from '../../base/slowness.ts';
import type { Finding } from './finding.ts';

/** From here on a slow machine may be why something came too late. */
const SLOW = 4;
const MOST_TRIES = 3;

/** Tries again while something came too late on a slow machine; in the end that is inconclusive. */
export async function unlessSlow(attempt: () => Promise<Finding>): Promise<Finding> {
  for (let tries = 1; ; tries += 1) {
    const finding = await attempt();
    if (finding.verdict !== 'fail' || finding.isLate !== true || slowness() < SLOW) return finding;
    if (tries === MOST_TRIES) return tooSlow(finding);
  }
}

function tooSlow({ reason = 'it came too late', ...finding }: Finding): Finding {
  return { ...finding, verdict: 'inconclusive', reason: `the lab is too slow: ${reason}` };
}

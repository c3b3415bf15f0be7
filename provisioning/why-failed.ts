import { ignoreFailure } from '../base/errors.ts';
import { CAUSES, type Explanation } from './failure-causes.ts';
import type { Host, Result } from './hosts/host.ts';
import { gatherFacts } from './resources/facts.ts';

/**
 * Why a step failed, from its own output and from facts that the host gives about it now; undefined where the output names
 * no known cause, or the host does not answer.
 */
export async function whyFailed(
  host: Host,
  { stdout, stderr }: Result,
  signal: AbortSignal,
): Promise<Explanation | undefined> {
  for (const { pattern, queries, explain } of CAUSES) {
    // standard error first: apt writes its errors there
    const match = pattern.exec(stderr) ?? pattern.exec(stdout);
    if (match === null) continue;
    const facts = await ignoreFailure(gatherFacts(host, queries(match), signal));
    if (facts === undefined) return undefined;
    const explained = explain({ match, facts, now: Date.now(), host: host.name });
    if (explained !== undefined) return explained;
  }
  return undefined;
}

import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../harness/check.ts';

/** What a subscription was sent, in the words of the check: which of its messages, `nothing`, or `another message`. */
export type RetainedSeen = {
  /** What a new subscription is served, and how. */
  readonly served: string;
  readonly retain?: boolean;
  /** Whether at the lower of its own QoS and the granted one. */
  readonly atItsQoS?: boolean;
  /** What it was served before the last step. */
  readonly before?: string;
  /** What a subscription got that was there already. */
  readonly established?: { readonly copies: number; readonly retain: boolean };
};

/** As expected in every point; the first that is not is the reason. */
export function judgeRetained(expected: RetainedSeen, observed: RetainedSeen): Finding {
  if (isDeepStrictEqual(expected, observed)) return { verdict: 'pass', observed };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (observed.before !== expected.before) {
    return fail(`at first a new subscription was served ${observed.before}, not ${expected.before}`);
  }
  if (observed.served !== expected.served) {
    return fail(`a new subscription was served ${observed.served}, not ${expected.served}`);
  }
  if (observed.retain !== expected.retain) return fail('a new subscription was served it without the RETAIN flag');
  if (observed.atItsQoS !== expected.atItsQoS) return fail('a new subscription was served it at another QoS');
  const { copies, retain } = observed.established ?? { copies: 0, retain: false };
  if (copies !== expected.established?.copies) return fail(`an established subscription received ${copies} copies`);
  return fail(`an established subscription received it ${retain ? 'with' : 'without'} the RETAIN flag`);
}

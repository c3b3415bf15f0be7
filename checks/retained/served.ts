import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../harness/check.ts';

/** What subscriptions received. `served` and `before` name a message of the check, `nothing` or `another message`. */
export type RetainedSeen = {
  /** What a new subscription receives after the last step. */
  readonly served: string;
  readonly retain?: boolean;
  /** Whether it arrived at the lower of its own QoS and the granted one. */
  readonly atItsQoS?: boolean;
  /** What a new subscription received before the last step. */
  readonly before?: string;
  /** How an earlier subscription received the message. */
  readonly established?: { readonly copies: number; readonly retain: boolean };
};

/** Everything must be as expected; the reason names the first difference. */
export function judgeRetained(expected: RetainedSeen, observed: RetainedSeen): Finding {
  if (isDeepStrictEqual(expected, observed)) return { verdict: 'pass', observed };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (observed.before !== expected.before) {
    return fail(`at first a new subscription received ${observed.before}, not ${expected.before}`);
  }
  if (observed.served !== expected.served) {
    return fail(`a new subscription received ${observed.served}, not ${expected.served}`);
  }
  if (observed.retain !== expected.retain) return fail('a new subscription received it without the RETAIN flag');
  if (observed.atItsQoS !== expected.atItsQoS) return fail('a new subscription received it at another QoS');
  const { copies, retain } = observed.established ?? { copies: 0, retain: false };
  if (copies !== expected.established?.copies) return fail(`an established subscription received ${copies} copies`);
  return fail(`an established subscription received it ${retain ? 'with' : 'without'} the RETAIN flag`);
}

import type { ExecutionContext } from 'ava';
import type { RawOptions } from '../../../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../../../probes/mqtt/raw-session.ts';
import { type Answer, fakeBroker } from '../../_fake-broker.ts';

export const BOUND_MS = 10_000;

/** A session that a fake broker has accepted. */
export async function accepted(
  t: ExecutionContext,
  answer: Answer,
  options: Partial<RawOptions> = {},
): Promise<RawSession> {
  const outcome = await connectRaw({ ...(await fakeBroker(t, answer)), boundMs: BOUND_MS, ...options });
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.session;
}

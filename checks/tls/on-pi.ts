import type { LivePi } from '../../deployment/live-lab.ts';
import type { Outcome } from '../../probes/tls/attempt.ts';
import { attemptsOnHost } from '../../probes/tls/attempts-on-host.ts';
import type { TestLab } from '../harness/test-lab.ts';
import type { AttemptCheck } from './attempt-check.ts';

/** The outcome of a check's attempt; throws where this machine could not prepare it. */
export type OutcomeOf = (check: AttemptCheck) => Outcome;

/** Makes the attempts of all checks from a Pi with one command, because each command costs a round trip. */
export async function attemptAll(
  testLab: Pick<TestLab, 'host' | 'stopped'>,
  { name, host: where }: LivePi,
  checks: readonly AttemptCheck[],
  boundMs: number,
): Promise<OutcomeOf> {
  const prepared = await Promise.allSettled(
    checks.map(async (check) => ('why' in check ? [] : [await check.attempt()])),
  );
  const attempts = prepared.map((one) => (one.status === 'fulfilled' ? one.value : []));
  const host = await testLab.host(name, where);
  const made = await attemptsOnHost(host, attempts.flat(), { boundMs, signal: testLab.stopped });
  const outcomes = new Map<AttemptCheck, Outcome>();
  for (const [index, check] of checks.entries()) {
    const outcome = attempts[index]?.length === 1 ? made[outcomes.size] : undefined;
    if (outcome !== undefined) outcomes.set(check, outcome);
  }
  return (check) => {
    const outcome = outcomes.get(check);
    if (outcome !== undefined) return outcome;
    const failure = prepared[checks.indexOf(check)];
    throw failure?.status === 'rejected' ? failure.reason : new Error('the attempt was not made');
  };
}

import { LabError } from '../../base/errors.ts';
import type { User } from '../../lab-file/lab.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import { loginOf, type TestLab } from './test-lab.ts';

/** The bound on each step of a clean-up; shorter in an interrupted run, whose end the user waits for. */
const BOUND_MS = 10_000;
const INTERRUPTED_BOUND_MS = 3_000;

/** The clean-ups under way, by the signal that ends the run. */
const runs = new WeakMap<AbortSignal, Set<Promise<unknown>>>();

function pendingIn(run: AbortSignal): Set<Promise<unknown>> {
  const pending = runs.get(run) ?? new Set();
  runs.set(run, pending);
  return pending;
}

/**
 * Runs work and then cleans up on the broker, also when the work fails. The clean-up must connect with
 * `connectForCleanUp`, because an interruption ends the connections of the test lab.
 */
export async function withCleanUp<T>(
  { stopped }: Pick<TestLab, 'stopped'>,
  work: () => Promise<T>,
  cleanUp: () => Promise<void>,
): Promise<T> {
  const pending = pendingIn(stopped);
  const whole = (async () => {
    const [done] = await Promise.allSettled([work()]);
    const [cleaned] = await Promise.allSettled([cleanUp()]);
    // what the work found comes before a clean-up that failed
    if (done.status === 'rejected') throw done.reason;
    if (cleaned.status === 'rejected' && !hasFailed(done.value)) throw cleaned.reason;
    return done.value;
  })();
  pending.add(whole);
  try {
    return await whole;
  } finally {
    pending.delete(whole);
  }
}

function hasFailed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'verdict' in value && value.verdict === 'fail';
}

/** Resolves when every clean-up of the run is done, also those of checks that ran out of time. */
export async function allCleanedUp(run: AbortSignal): Promise<void> {
  await Promise.allSettled(pendingIn(run));
}

/** Opens a connection that an interruption does not end. The caller closes it. */
export async function connectForCleanUp(
  testLab: TestLab,
  user: User,
  options: Partial<RawOptions> = {},
): Promise<RawSession> {
  const boundMs = testLab.stopped.aborted ? INTERRUPTED_BOUND_MS : BOUND_MS;
  const outcome = await connectRaw({ ...testLab.brokerFor(user), login: loginOf(user), boundMs, ...options });
  if (outcome.kind === 'accepted') return outcome.session;
  const happened = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
  throw new LabError({ subject: 'broker', step: `log in as ${user.name}`, happened }, 'failed');
}

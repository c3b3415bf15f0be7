import { LabError } from '../../base/errors.ts';
import type { User } from '../../lab-file/lab.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import { loginOf, type TestLab } from './test-lab.ts';

const underWay = new Set<Promise<unknown>>();

/**
 * Runs work and then cleans up on the broker, whatever becomes of the work. The clean-up must not use connections of a world, which end with an
 * interrupted run.
 */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>): Promise<T> {
  const whole = (async () => {
    try {
      return await work();
    } finally {
      await cleanUp();
    }
  })();
  underWay.add(whole);
  try {
    return await whole;
  } finally {
    underWay.delete(whole);
  }
}

/** When everything is cleaned up, also for checks that are over already because they were out of time. */
export async function allCleanedUp(): Promise<void> {
  await Promise.allSettled(underWay);
}

/** As short as a run that was interrupted has to clean up; else as long as a broker on a busy machine may take. */
const INTERRUPTED_BOUND_MS = 3_000;
const BOUND_MS = 10_000;

/** A connection that is none of the world's, for a clean-up: the world's end when the run is interrupted. Close it. */
export async function ownConnection(
  testLab: TestLab,
  user: User,
  options: Partial<RawOptions> = {},
): Promise<RawSession> {
  const login = loginOf(user);
  const boundMs = testLab.stopped.aborted ? INTERRUPTED_BOUND_MS : BOUND_MS;
  const outcome = await connectRaw({ ...testLab.broker, login, boundMs, ...options });
  if (outcome.kind === 'accepted') return outcome.session;
  const happened = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
  throw new LabError({ subject: 'broker', step: `log in as ${user.name}`, happened }, 'failed');
}

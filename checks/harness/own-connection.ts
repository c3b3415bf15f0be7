import { LabError } from '../../base/errors.ts';
import type { User } from '../../lab-file/lab.ts';
import type { RawOptions } from '../../probes/mqtt/raw-options.ts';
import { connectRaw, type RawSession } from '../../probes/mqtt/raw-session.ts';
import type { TestLab } from './test-lab.ts';

/** As short as a run that was interrupted has to clean up; else as long as a broker on a busy machine may take. */
const INTERRUPTED_BOUND_MS = 3_000;
const BOUND_MS = 10_000;

/** A connection that is none of the world's, for a clean-up: the world's end when the run is interrupted. Close it. */
export async function ownConnection(
  testLab: TestLab,
  user: User,
  options: Partial<RawOptions> = {},
): Promise<RawSession> {
  const login = { user: user.name, password: user.password.reveal() };
  const boundMs = testLab.stopped.aborted ? INTERRUPTED_BOUND_MS : BOUND_MS;
  const outcome = await connectRaw({ ...testLab.broker, login, boundMs, ...options });
  if (outcome.kind === 'accepted') return outcome.session;
  const happened = outcome.kind === 'refused' ? `the broker refused with code ${outcome.code}` : outcome.reason;
  throw new LabError({ subject: 'broker', step: `log in as ${user.name}`, happened }, 'failed');
}

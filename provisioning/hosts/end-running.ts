import { ignoreFailure } from '../../base/errors.ts';
import type { Running } from './host.ts';

const GRACE_MS = 2_000;

/** Ends a command if it still runs, with everything that it started: TERM, a grace period, KILL. */
export async function endRunning(running: Running): Promise<void> {
  const ended = running.result.then(
    () => true,
    () => true,
  );
  const isOver = await Promise.race([ended, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
  if (isOver) return;
  const grace = new Promise<false>((resolve) => {
    setTimeout(() => resolve(false), GRACE_MS).unref();
  });
  // a host without a free session would keep the signal waiting
  await Promise.race([ignoreFailure(running.kill('TERM')), grace]);
  if (!(await Promise.race([ended, grace]))) await ignoreFailure(running.kill('KILL'));
  await ended;
}

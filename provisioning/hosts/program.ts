import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { errorCode, ignoreFailure, LabError } from '../../base/errors.ts';
import { startBound, stretchedSeconds } from '../../base/slowness.ts';

export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

const BOUND_MS = 10_000;

/**
 * Runs a program of this machine without a shell and without input; undefined where it is not installed.
 * Throws a LabError with exit code 2 where it is not finished after 10 s, or where a signal ended it.
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  boundMs = BOUND_MS,
): Promise<Outcome | undefined> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let isLate = false;
  const bound = startBound(boundMs, () => {
    isLate = true;
    child.kill('SIGKILL');
    // a process that it has started may hold them open
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  void ignoreFailure(output);
  try {
    const [code, signal] = await once(child, 'close');
    if (code !== null && !isLate) {
      const [stdout, stderr] = await output;
      return { code, stdout, stderr };
    }
    const happened = isLate ? `not finished after ${stretchedSeconds(boundMs)} s` : `ended by ${signal}`;
    const advice = `run it by hand to see why, and check whether this machine is overloaded (uptime; ps axf)`;
    throw new LabError(
      { subject: 'this machine', step: [program, ...words].join(' '), happened, advice },
      'could-not-run',
    );
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    bound.close();
  }
}

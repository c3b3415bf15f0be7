import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { errorCode } from '../../base/errors.ts';

export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

const BOUND_MS = 10_000;

/**
 * Runs a program of this machine without a shell and without input; undefined where it is not installed.
 * Ends it after 10 s, with code 128.
 */
export async function runProgram(program: string, words: readonly string[]): Promise<Outcome | undefined> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: BOUND_MS });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const [code]: (number | null)[] = await once(child, 'close');
    const [stdout, stderr] = await output;
    return { code: code ?? 128, stdout, stderr };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

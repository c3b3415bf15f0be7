import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { lineReader } from '../../provisioning/hosts/shell.ts';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** Exit code of a program that could not be started, as a shell gives it. */
export const NOT_STARTED = 127;

/** A program of the test run in a process group of its own, so that Ctrl-C on the terminal reaches the test run alone. */
export type Child = {
  /** Exit code once the program and its output have ended; 128 when a signal ended it, NOT_STARTED when it did not start. */
  readonly ended: Promise<number>;
  /** Sends a signal to the whole process group. */
  kill(signal: NodeJS.Signals): void;
};

export type ChildOptions = {
  /** Called with each line of standard output and error. */
  readonly onLine: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs a program from the project's root. */
export function startProgram(
  program: string,
  args: readonly string[],
  { onLine, env = process.env }: ChildOptions,
): Child {
  const child = spawn(program, args, { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    const lines = lineReader(onLine);
    stream.setEncoding('utf8').on('data', lines.push);
    stream.on('end', lines.end);
  }
  const ended = new Promise<number>((resolve) => {
    child.on('error', (error) => {
      onLine(error.message);
      resolve(NOT_STARTED);
    });
    child.on('close', (code) => resolve(code ?? 128));
  });
  return {
    ended,
    kill(signal) {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch {
        // the process has ended already
      }
    },
  };
}

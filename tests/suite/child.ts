import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { lineReader } from '../../provisioning/hosts/shell.ts';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A script of the project's own tools under way, in a process group of its own, so that Ctrl-C on the terminal reaches the test run alone. */
export type Child = {
  /** Exit code once it and its output have ended; 128 when a signal ended it, 127 when it did not start. */
  readonly ended: Promise<number>;
  /** Sends a signal to the whole process group. */
  kill(signal: NodeJS.Signals): void;
};

/** Runs a JavaScript file with Node, from the project's root. Standard output and error come line by line. */
export function startNode(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Child {
  const child = spawn(process.execPath, [path.join(PROJECT, script), ...args], {
    cwd: PROJECT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    const lines = lineReader(onLine);
    stream.setEncoding('utf8').on('data', lines.push);
    stream.on('end', lines.end);
  }
  const ended = new Promise<number>((resolve) => {
    child.on('error', (error) => {
      onLine(error.message);
      resolve(127);
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
        // it has ended already
      }
    },
  };
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { lastLines } from '../../base/errors.ts';
import { CHANNEL } from './messages.ts';

/** What the test files need of this process's environment; passwords that lab.yaml takes from it stay here. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TMPDIR',
  'TZ',
  'SSH_AUTH_SOCK',
  'NODE_EXTRA_CA_CERTS',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
];

/** For AVA and its test process, which has the same options: a young generation of 2 MB, not 16, and a heap that grows reluctantly (v8 --help). */
const LEAN = ['--max-semi-space-size=2', '--optimize-for-size'];

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** AVA's output without the lines of tests that passed. */
function withoutPassed(output: string): string {
  const lines = output.split('\n').filter((line) => !line.trimStart().startsWith('✔'));
  return lines.join('\n');
}

export type AvaRun = {
  /** How it ended, in words, once nothing of it runs any more. */
  readonly ended: Promise<string>;
  /** Ends AVA and its test files at once. */
  kill(): void;
};

/** Runs tests/smoke with AVA in a process group of its own, so that Ctrl-C on the terminal reaches `verify` alone. */
export function startAva(socketPath: string): AvaRun {
  const env = Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const cli = path.join(PROJECT, 'scripts/ava.js');
  const child = spawn(process.execPath, [...LEAN, cli, '--config', 'tests/smoke-old/ava.config.js'], {
    cwd: PROJECT,
    env: { ...env, [CHANNEL]: socketPath, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`AVA did not start: ${error.message}`));
    child.on('close', (code, signal) => {
      resolve(`AVA ended with ${signal ?? `exit code ${code}`}\n    ${lastLines(withoutPassed(output), 12)}`);
    });
  });
  return {
    ended,
    kill() {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it has ended already
      }
    },
  };
}

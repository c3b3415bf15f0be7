import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { quote } from '../../../base/quote.ts';
import { PROJECT } from '../../suite/child.ts';
import { until, within } from './until.ts';

/** A `./lab` command on a terminal of its own, and the person before it. */
export type Terminal = {
  /** All that it has shown so far, control sequences included. */
  shown(): string;
  /** Waits until what came after the last answer matches, then types a line; `\u0003` is Ctrl-C. */
  answer(pattern: RegExp, line: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number; readonly shown: string }>;
};

const QUESTION_MS = 60_000;
const END_MS = 120_000;

/** Starts `./lab ARGS…` on a pseudo-terminal, by script(1), which is part of every Debian. */
export function startOnTerminal(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Terminal {
  const words = [process.execPath, path.join(PROJECT, 'lab'), ...args].map(quote).join(' ');
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', words, '/dev/null'], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  let answered = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  child.stdin.on('error', () => undefined);
  const closed = new Promise<{ code: number; shown: string }>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 128, shown }));
  });
  const what = `./lab ${args.join(' ')}`;
  const ended = within(what, END_MS, closed).catch((error: unknown) => {
    child.kill();
    throw new Error(`${error instanceof Error ? error.message : error}\n${shown}`);
  });
  ended.catch(() => undefined);
  return {
    shown: () => shown,
    async answer(pattern, line) {
      let isOver = false;
      void closed.then(() => {
        isOver = true;
      });
      await until(`${pattern} on the terminal of ${what}`, QUESTION_MS, () => {
        if (pattern.test(shown.slice(answered))) return true;
        if (isOver) throw new Error(`${what} ended without ${pattern}:\n${shown}`);
        return undefined;
      });
      answered = shown.length;
      child.stdin.write(line === '\u0003' ? line : `${line}\r`);
    },
    ended,
  };
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { PROJECT } from '../../suite/child.ts';
import { checkJsonOutput } from './json-output.ts';
import { until, within } from './until.ts';

/** How a `./lab` command ended. */
export type Outcome = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output and error as they came. */
  readonly all: string;
  readonly ms: number;
};

/** A `./lab` command under way. */
export type LabCommand = {
  readonly pid: number;
  readonly ended: Promise<Outcome>;
  /** Standard output and error up to now. */
  soFar(): string;
  /** Waits until the output so far matches. */
  shows(pattern: RegExp, boundMs?: number): Promise<void>;
  /** As Ctrl-C does: to the whole process group. */
  interrupt(): void;
};

export type CommandOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Leaves standard input open after `input`, as a terminal is. */
  readonly keepsInput?: boolean;
  readonly boundMs?: number;
};

const BOUND_MS = 120_000;

/** Starts `./lab ARGS…` in a folder, in a process group of its own; ended when the bound passes. Its JSON must agree with results.schema.json. */
export function startLab(
  args: readonly string[],
  { cwd, env = {}, input = '', keepsInput = false, boundMs }: CommandOptions,
): LabCommand {
  const begin = performance.now();
  const child = spawn(process.execPath, [path.join(PROJECT, 'lab'), ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('./lab did not start');
  const output = { stdout: '', stderr: '', all: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      output.all += text;
    });
  }
  child.stdin.on('error', () => undefined);
  if (keepsInput) child.stdin.write(input);
  else child.stdin.end(input);
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // it has ended already
    }
  };
  const closed = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 128, ...output, ms: performance.now() - begin }));
  });
  const what = `./lab ${args.join(' ')}`;
  const checked = closed.then((outcome) => {
    if (outcome.code <= 2) checkJsonOutput(args, outcome.stdout);
    return outcome;
  });
  const ended = within(what, boundMs ?? BOUND_MS, checked).catch((error: unknown) => {
    signal('SIGKILL');
    throw new Error(`${error instanceof Error ? error.message : error}\n${output.all}`);
  });
  ended.catch(() => undefined);
  return {
    pid,
    ended,
    soFar: () => output.all,
    async shows(pattern, boundMs = BOUND_MS) {
      let isOver = false;
      closed.then(() => {
        isOver = true;
      });
      await until(`${pattern} in the output of ${what}`, boundMs, () => {
        if (pattern.test(output.all)) return true;
        if (isOver) throw new Error(`${what} ended without ${pattern}:\n${output.all}`);
        return undefined;
      });
    },
    interrupt: () => signal('SIGINT'),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';

export type Timed = { readonly seconds: number; readonly stdout: string };

export type TimedOptions = {
  readonly signal: AbortSignal;
  /** Standard input; empty by default. */
  readonly input?: string;
  /** Environment variables beside this process's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with the process id at the start. */
  readonly onStart?: (pid: number) => void;
};

/** Runs a program from its start to its exit. Throws an Error with the end of its output unless it succeeds. */
export async function runTimed(
  program: string,
  args: readonly string[],
  { signal, input = '', environment, onStart }: TimedOptions,
): Promise<Timed> {
  signal.throwIfAborted();
  const begin = performance.now();
  const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...environment } });
  const onAbort = () => child.kill('SIGINT');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (child.pid !== undefined) onStart?.(child.pid);
    // a program that ends early is reported by its exit code
    child.stdin.on('error', () => undefined).end(input);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    const seconds = (performance.now() - begin) / 1000;
    if (code === 0) return { seconds, stdout };
    throw new Error(`${[program, ...args].join(' ')}: exit code ${code}\n${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

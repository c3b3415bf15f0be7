import type { Writable } from 'node:stream';
import { type Deferred, deferred } from '../../base/deferred.ts';
import { ignoreFailure, LabError, lastLines } from '../../base/errors.ts';
import { startBound, stretchedSeconds } from '../../base/slowness.ts';
import type { Command, Result, Running } from './host.ts';
import { beginReader, lineReader } from './shell.ts';

type Launched = { readonly exit: Promise<number>; readonly input?: Writable };

/** What a transport (zx, ssh2) provides for a command. */
export type Transport = {
  /**
   * Starts the shell and sends it the script; `exit` resolves after the command's last output. `input` is its standard
   * input where the command keeps that. Starts nothing once the signal has come.
   */
  launch(onStdout: (text: string) => void, onStderr: (text: string) => void, signal: AbortSignal): Promise<Launched>;
  /** Sends a signal to a process group on the host. */
  killGroup(group: number, signal: string): Promise<void>;
};

/** How long a command may take to end after TERM, before KILL. */
const GRACE_MS = 3_000;
/** Characters of output that remain of a command that keeps its input. */
const LAST_OUTPUT = 20_000;

/** Runs a command over a transport: collects output, splits lines, enforces the time limit and the abort signal. */
export function startOver(hostName: string, transport: Transport, command: Command): Running {
  const group = deferred<number>();
  const kill = async (signal: string): Promise<void> => transport.killGroup(await group.promise, signal);
  const input = deferred<Writable | undefined>();
  const result = supervise({ hostName, transport, command, group, kill, input });
  void ignoreFailure(result);
  const toInput = (act: (input: Writable) => void) => {
    void ignoreFailure(input.promise.then((stream) => (stream?.writable === true ? act(stream) : undefined)));
  };
  const running = { result, group: group.promise, kill };
  if (command.keepsInput !== true) return running;
  const write = (text: string) => toInput((stream) => stream.write(text));
  return { ...running, input: { write, end: () => toInput((stream) => stream.end()) } };
}

type Supervised = {
  readonly hostName: string;
  readonly transport: Transport;
  readonly command: Command;
  readonly group: Deferred<number>;
  readonly kill: (signal: string) => Promise<void>;
  readonly input: Deferred<Writable | undefined>;
};

async function supervise({ hostName, transport, command, group, kill, input }: Supervised): Promise<Result> {
  const trouble = (happened: string, advice?: string) =>
    new LabError({ subject: hostName, step: command.step, happened, advice }, 'failed');
  const output = { stdout: '', stderr: '' };
  const lines = {
    stdout: lineReader((line) => command.onLine?.(line, 'stdout')),
    stderr: lineReader((line) => command.onLine?.(line, 'stderr')),
  };
  const take = (stream: 'stdout' | 'stderr') => (text: string) => {
    output[stream] += text;
    if (command.keepsInput) output[stream] = output[stream].slice(-LAST_OUTPUT);
    if (command.isRenewedByOutput) timer.renew();
    lines[stream].push(text);
  };
  const readers = {
    stdout: beginReader('stdout', group.resolve, take('stdout')),
    stderr: beginReader('stderr', () => undefined, take('stderr')),
  };
  const stopped = deferred<never>();
  const timer = startBound(command.timeoutMs, () => {
    const seconds = stretchedSeconds(command.timeoutMs);
    const happened = command.isRenewedByOutput
      ? `no output for ${seconds} s, so the lab ended it\n    ${lastLines(output.stderr || output.stdout, 3)}`.trimEnd()
      : `not finished after ${seconds} s`;
    const advice = readers.stdout.hasBegun()
      ? 'check on the host whether it is overloaded: uptime; ps axf'
      : 'the command has not begun: check on the host whether it is overloaded (uptime; ps axf), and whether a start-up file of the login shell waits (~/.bashrc)';
    const { subject, step } = { subject: hostName, step: command.step };
    stopped.reject(new LabError({ subject, step, happened, advice, isLate: true }, 'failed'));
  });
  const interrupted = () =>
    new LabError({ subject: hostName, step: command.step, happened: 'interrupted' }, 'interrupted');
  const onAbort = () => stopped.reject(interrupted());
  const over = new AbortController();
  command.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (command.signal?.aborted === true) throw interrupted();
    const launching = transport.launch(readers.stdout.push, readers.stderr.push, over.signal);
    try {
      const exit = launching.then((launched) => {
        // the command may end before it has read everything
        launched.input?.on('error', () => undefined);
        input.resolve(launched.input);
        return launched.exit;
      });
      const code = await Promise.race([exit, stopped.promise]);
      lines.stdout.end();
      lines.stderr.end();
      // what sudo or the login shell printed in place of the command
      if (!readers.stdout.hasBegun()) return { code, stdout: readers.stdout.before(), stderr: readers.stderr.before() };
      return { code, ...output };
    } catch (error) {
      over.abort();
      await endGroup(kill, launching);
      throw error;
    }
  } finally {
    group.reject(trouble('the command did not start'));
    input.resolve(undefined);
    timer.close();
    command.signal?.removeEventListener('abort', onAbort);
  }
}

/** TERM, a grace period, KILL: after this nothing of the command runs, unless the host itself is gone. Also ends a command that starts late. */
async function endGroup(kill: (signal: string) => Promise<void>, launching: Promise<Launched>): Promise<void> {
  const within = (ms: number) =>
    new Promise<false>((resolve) => {
      setTimeout(() => resolve(false), ms).unref();
    });
  const launched = await Promise.race([launching.catch(() => false as const), within(GRACE_MS)]);
  if (launched === false) return;
  const ended = launched.exit.then(
    () => true,
    () => true,
  );
  for (const signal of ['TERM', 'KILL']) {
    await Promise.race([ignoreFailure(kill(signal)), within(GRACE_MS)]);
    if (await Promise.race([ended, within(GRACE_MS)])) return;
  }
}

import { type Deferred, deferred } from '../../base/deferred.ts';
import { LabError } from '../../base/errors.ts';
import type { Command, Result, Running } from './host.ts';
import { groupReader, lineReader } from './shell.ts';

/** What a transport (zx, ssh2) does for a command; `exit` resolves when the command has ended and its output is complete. */
export type Transport = {
  /** Starts the shell, feeds it the script. `onStdout` and `onStderr` take text as it comes. */
  launch(onStdout: (text: string) => void, onStderr: (text: string) => void): Promise<{ exit: Promise<number> }>;
  /** Sends a signal to a process group on the host. */
  killGroup(group: number, signal: string): Promise<void>;
};

/** How long a command that was told to end may take before it is killed. */
const GRACE_MS = 3_000;

/** Runs a command over a transport: collects output, cuts lines, keeps the time bound, obeys the abort signal. */
export function startOver(hostName: string, transport: Transport, command: Command): Running {
  const group = deferred<number>();
  const kill = async (signal: string): Promise<void> => transport.killGroup(await group.promise, signal);
  const result = supervise(hostName, transport, command, group, kill);
  result.catch(() => undefined);
  return { result, group: group.promise, kill };
}

async function supervise(
  hostName: string,
  transport: Transport,
  command: Command,
  group: Deferred<number>,
  kill: (signal: string) => Promise<void>,
): Promise<Result> {
  const trouble = (happened: string, advice?: string) =>
    new LabError({ subject: hostName, step: command.step, happened, advice }, 'failed');
  const output = { stdout: '', stderr: '' };
  const readers = {
    stdout: lineReader((line) => command.onLine?.(line, 'stdout')),
    stderr: lineReader((line) => command.onLine?.(line, 'stderr')),
  };
  const take = (stream: 'stdout' | 'stderr') => (text: string) => {
    output[stream] += text;
    readers[stream].push(text);
  };
  const stopped = deferred<never>();
  const timer = setTimeout(() => {
    stopped.reject(
      trouble(`not done after ${command.timeoutMs / 1000} s`, 'see whether the host is overloaded or waits for input'),
    );
  }, command.timeoutMs);
  const onAbort = () => stopped.reject(trouble('interrupted'));
  command.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    if (command.signal?.aborted === true) throw trouble('interrupted');
    const stdout = groupReader(group.resolve, take('stdout'));
    const launching = transport.launch(stdout, take('stderr'));
    try {
      const exit = launching.then((launched) => launched.exit);
      const code = await Promise.race([exit, stopped.promise]);
      readers.stdout.end();
      readers.stderr.end();
      return { code, ...output };
    } catch (error) {
      await endGroup(kill, launching);
      throw error;
    }
  } finally {
    group.reject(trouble('ended before it began'));
    clearTimeout(timer);
    command.signal?.removeEventListener('abort', onAbort);
  }
}

/** TERM, a grace, KILL: after this nothing of the command runs, unless the host itself is gone. One that is launched late must end too. */
async function endGroup(
  kill: (signal: string) => Promise<void>,
  launching: Promise<{ exit: Promise<number> }>,
): Promise<void> {
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
    const told = kill(signal).catch(() => undefined);
    await Promise.race([told, within(GRACE_MS)]);
    if (await Promise.race([ended, within(GRACE_MS)])) return;
  }
}

import { LabError, lastLines } from '../../base/errors.ts';
import { SUPPORTED_SYSTEMS } from '../supported-systems.ts';
import { exitText, signalAdvice } from './exit-code.ts';

/** POSIX shell to run on a host. It travels over standard input, so that no process list shows it. */
export type Command = {
  /** What the command does, for progress and errors. */
  readonly step: string;
  readonly script: string;
  /** Runs as root, by sudo where another user is logged in. */
  readonly root?: boolean;
  /** Bound on the whole command; its process group ends when the time is over. */
  readonly timeoutMs: number;
  /** The bound is on the time without output: a command on a slow host has all the time it needs. */
  readonly isRenewedByOutput?: true;
  readonly signal?: AbortSignal | undefined;
  /**
   * The script's standard input is what is written to `Running.input`; it ends also when this process dies. The result has
   * only the end of the output, since such a command may run for hours.
   */
  readonly keepsInput?: true;
  /** Called for each line, without the line end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
};

export type Result = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A command that has started. */
export type Running = {
  /** Resolves with any exit code; rejects with a LabError when the host died, the time was over or the signal came. */
  readonly result: Promise<Result>;
  /** Process group of the command on the host. */
  readonly group: Promise<number>;
  /** Sends a signal to the whole process group. */
  kill(signal: 'TERM' | 'KILL' | 'INT' | 'HUP'): Promise<void>;
  /** Of a command that keeps its input; writing does nothing once that has ended. */
  readonly input?: { write(text: string): void; end(): void };
};

/** Whether the host lacks util-linux's setsid, which starts every script: macOS has none, and busybox's has no -w. */
export function lacksSetsid({ stderr }: Result): boolean {
  return /setsid: .*(not found|unrecognized option|invalid option)/.test(stderr);
}

/** A machine that runs commands: the lab's only interface to a host. */
export interface Host extends AsyncDisposable {
  /** `broker` or the Pi's name in lab.yaml. */
  readonly name: string;
  start(command: Command): Running;
}

/** Runs a command to its end, whatever its exit code. */
export async function tryRun(host: Host, command: Command): Promise<Result> {
  return await host.start(command).result;
}

/** Runs a command that must succeed; throws a LabError with the end of its output when it does not. */
export async function run(host: Host, command: Command, advice?: string): Promise<Result> {
  const result = await tryRun(host, command);
  if (result.code !== 0) throw stepFailed(host, command.step, result, advice);
  return result;
}

export function stepFailed(host: Host, step: string, result: Result, advice?: string): LabError {
  const output = lastLines(result.stderr) || lastLines(result.stdout);
  if (lacksSetsid(result)) {
    const happened = `the host can't run the lab's commands, since its setsid is not util-linux's\n    ${output}`;
    return new LabError(
      { subject: host.name, step, happened, advice: `use a host with ${SUPPORTED_SYSTEMS}` },
      'could-not-run',
    );
  }
  const happened = `${exitText(result.code)}${output === '' ? ', no output' : `\n    ${output}`}`;
  return new LabError(
    { subject: host.name, step, happened, advice: signalAdvice(result.code) ?? advice ?? sudoAdvice(output) },
    'failed',
  );
}

function sudoAdvice(output: string): string | undefined {
  if (/sudo: (a password is required|.*terminal is required)/.test(output)) {
    return 'run `sudo -v` first on the same terminal, run the command as root, or let this user use sudo without a password (sudoers(5), NOPASSWD)';
  }
  if (/is not in the sudoers file|sudo: (command )?not found/.test(output)) {
    return 'log in as root or as a user who may use sudo';
  }
  return undefined;
}

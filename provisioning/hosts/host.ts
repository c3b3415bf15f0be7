import { LabError, lastLines } from '../../base/errors.ts';
import { SUPPORTED_SYSTEMS } from '../supported-systems.ts';

/** A piece of POSIX shell to run on a host. It travels by standard input, so nothing of it shows in a process list. */
export type Command = {
  /** What it does, in words, for progress and errors. */
  readonly step: string;
  readonly script: string;
  /** Run as root, by sudo where the login is another user. */
  readonly root?: boolean;
  /** Bound on the whole command; its process group is ended when it passes. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called for each line as it comes, without the line end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
};

export type Result = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A command under way. */
export type Running = {
  /** Resolves with any exit code; rejects with a LabError when the host died, the time passed or the signal came. */
  readonly result: Promise<Result>;
  /** Process group of the command on the host. */
  readonly group: Promise<number>;
  /** Sends a signal to the whole process group. */
  kill(signal: 'TERM' | 'KILL' | 'INT' | 'HUP'): Promise<void>;
};

/** Whether there is not what a script is started by (hosts/shell.ts): macOS has no setsid, and busybox, which is Alpine's, has one without -w. */
export function lacksSetsid({ stderr }: Result): boolean {
  return /setsid: .*(not found|unrecognized option|invalid option)/.test(stderr);
}

/** A machine that commands can be run on; the only interface through which the lab touches one. */
export interface Host extends AsyncDisposable {
  /** `broker` or the Pi's name in lab.yaml. */
  readonly name: string;
  start(command: Command): Running;
}

/** Runs a command to its end and gives whatever exit code it had. */
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
    const happened = `nothing can be run there, since its setsid is not util-linux's\n    ${output}`;
    return new LabError(
      { subject: host.name, step, happened, advice: `a host with ${SUPPORTED_SYSTEMS}` },
      'could-not-run',
    );
  }
  const happened = `exit code ${result.code}${output === '' ? ', no output' : `\n    ${output}`}`;
  return new LabError({ subject: host.name, step, happened, advice: advice ?? sudoAdvice(output) }, 'failed');
}

function sudoAdvice(output: string): string | undefined {
  if (/sudo: (a password is required|.*terminal is required)/.test(output)) {
    return 'let this user use sudo without a password, or log in as root';
  }
  if (/is not in the sudoers file|sudo: (command )?not found/.test(output)) {
    return 'log in as root or as a user who may use sudo';
  }
  return undefined;
}

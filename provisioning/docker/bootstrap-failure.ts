import { LabError, lastLines } from '../../base/errors.ts';
import type { Explanation } from '../failure-causes.ts';
import { localHost } from '../hosts/local.ts';
import { whyFailed } from '../why-failed.ts';
import { BUILD_SILENCE_MS, errorLines } from './events.ts';
import type { FirstCause } from './hand-over.ts';

export type BootstrapFailure = {
  readonly cause: FirstCause;
  /** mmdebstrap's messages, with those of apt and dpkg. */
  readonly output: string;
  readonly suite: string;
  readonly signal: AbortSignal;
};

/** The error of a base image that was not made: the first cause, mmdebstrap's own errors, and what helps against that cause. */
export async function bootstrapFailure({ cause, output, suite, signal }: BootstrapFailure): Promise<LabError> {
  const trouble = { subject: 'docker', step: `build the image of Debian ${suite}` };
  if (cause.kind === 'interrupted') return new LabError({ ...trouble, happened: 'interrupted' }, 'interrupted');
  const hasFailed = cause.kind === 'ended' && killerOf(cause, output) === undefined;
  const known = hasFailed
    ? await whyFailed(localHost('this machine'), { code: 1, stdout: '', stderr: output }, signal)
    : undefined;
  return new LabError({ ...trouble, ...(known ?? explained(cause, output)) }, 'could-not-run');
}

const OVERLOADED = 'find out whether this machine is overloaded or its disk is full: uptime; ps axf; df -h';
const ENGINE = 'read the log of the engine (journalctl -u docker), and check its disk space (docker system df)';

/** The cause in words, with the advice that follows from it. */
export function explained(cause: Exclude<FirstCause, { kind: 'interrupted' }>, output: string): Explanation {
  const minutes = BUILD_SILENCE_MS / 60_000;
  switch (cause.kind) {
    case 'silent': {
      if (cause.who === 'taker') {
        const happened = `the engine read nothing of the image for ${minutes} minutes, so the lab ended the import`;
        return { happened, advice: ENGINE };
      }
      const happened = `mmdebstrap made no progress for ${minutes} minutes, so the lab ended it; its last lines:`;
      return { happened: withLines(happened, lastLines(output)), advice: OVERLOADED };
    }
    case 'refused':
      return { happened: `the engine did not accept the image: ${cause.why.trim()}`, advice: ENGINE };
    case 'not-started':
      return { happened: `mmdebstrap did not start: ${cause.why}`, advice: 'install sudo, or run the command as root' };
    case 'ended': {
      const killer = killerOf(cause, output);
      if (killer === undefined) {
        const happened = withLines(`mmdebstrap failed with exit code ${cause.code}`, errorLines(output));
        const advice = 'the cause is unknown; `sudo apt-get update` shows whether apt works on this machine';
        return { happened, advice };
      }
      const happened = `something outside the lab ended mmdebstrap by ${killer}`;
      const advice =
        killer === 'SIGKILL'
          ? 'check whether memory ran out (sudo dmesg | grep -i -e oom -e "killed process"), then run the command again'
          : 'find out what ended it, such as a shutdown or an administrator, then run the command again';
      return { happened: withLines(happened, errorLines(output)), advice };
    }
  }
}

/** The signal that ended mmdebstrap, which reports some itself; undefined where none did. */
function killerOf(
  { code, signal }: { readonly code: number | undefined; readonly signal: string | undefined },
  output: string,
) {
  if (signal !== undefined) return signal;
  // PIPE comes from its own processes, when one of them fails
  const [, reported] = /received signal:? (TERM|HUP|INT)\b/.exec(output) ?? [];
  if (reported !== undefined) return `SIG${reported}`;
  // setsid -w, for a child that did not exit normally
  const fromOutside = code !== undefined && /^setsid: child \d+ did not exit normally/m.test(output);
  return fromOutside ? ({ 9: 'SIGKILL', 15: 'SIGTERM' }[code] ?? `signal ${code}`) : undefined;
}

function withLines(happened: string, lines: string): string {
  return lines === '' ? happened : `${happened}\n    ${lines}`;
}

import { ignoreFailure, LabError, lastLines } from '../../base/errors.ts';
import { lacksSetsid, type Result, type Running } from './host.ts';
import { refusalOf } from './root-access.ts';
import { OTHER_SHELL } from './shell.ts';

/** Whose login shell starts a command. */
export type LoginShell = {
  /** The host's name in the lab. */
  readonly host: string;
  /** As `pi@raspberrypi.local`. */
  readonly login: string;
  readonly step: string;
};

/**
 * A command whose result rejects with a LabError that names the shell's start-up file, where the login shell ended before
 * it ran the command. The refusals of sudo and of setsid remain results.
 */
export function requireBegun(running: Running, shell: LoginShell): Running {
  const result = running.result.then(async (ended) => {
    const hasBegun = (await ignoreFailure(running.group)) !== undefined;
    if (hasBegun || isRefusal(ended)) return ended;
    throw notBegun(shell, ended);
  });
  void ignoreFailure(result);
  return { ...running, result };
}

function isRefusal(ended: Result): boolean {
  if (ended.code === 0 || ended.code === OTHER_SHELL) return false;
  return lacksSetsid(ended) || refusalOf(ended) !== 'other' || /\bsudo\b/.test(ended.stderr);
}

/** Bash reads ~/.bashrc for a command that sshd starts (bash(1), INVOCATION), zsh reads ~/.zshenv. */
function notBegun({ host, login, step }: LoginShell, { code, stdout, stderr }: Result): LabError {
  const how = code === OTHER_SHELL ? 'ran another shell in place of the command' : 'ended before it ran the command';
  const printed = lastLines(stderr || stdout);
  const said = printed === '' ? '' : `; it printed\n    ${printed}`;
  const happened = `the login shell of ${login} ${how} (exit code ${code})${said}`;
  const advice =
    'look for `exit`, `exec` or an error in its start-up file there: ~/.bashrc, or ~/.zshenv of zsh; a first line `case $- in *i*) ;; *) return ;; esac` in ~/.bashrc helps';
  return new LabError({ subject: host, step, happened, advice }, 'could-not-run');
}

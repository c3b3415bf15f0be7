import { LabError, lastLines } from '../../base/errors.ts';
import { askSecretly, canAsk, notice, withPerson } from '../../base/prompt.ts';
import { Secret } from '../../base/secret.ts';
import { recall, remember } from './answers.ts';
import type { Result } from './host.ts';

/** Words in front of a command, and what sudo reads before the command does. */
export type Sudo = { readonly words: readonly string[]; readonly input: string };

/** refusalOf reads sudo's messages, so they must be English. */
const ENGLISH = ['env', 'LC_ALL=C'];

export const NO_SUDO: Sudo = { words: [], input: '' };
/** Where sudo needs a password it refuses, before anything of the command has run. */
export const WITHOUT_PASSWORD: Sudo = { words: [...ENGLISH, 'sudo', '-n'], input: '' };
/** Ignores earlier logins, so that sudo always reads the password and never leaves it to the command (sudo(8), -k). */
const WITH_PASSWORD = [...ENGLISH, 'sudo', '-k', '-S', '-p', ''];

/** Why sudo did not run a command, from its own messages (sudo 1.9 and sudo-rs). */
export type Refusal = 'absent' | 'asks' | 'wrong password' | 'not permitted' | 'other';

export function refusalOf({ code, stderr }: Pick<Result, 'code' | 'stderr'>): Refusal {
  if (code === 127) return 'absent';
  if (/is not in the sudoers file|is not allowed to|may not run sudo|I'm afraid I can't do that/.test(stderr)) {
    return 'not permitted';
  }
  if (
    /incorrect (password|authentication) attempt|no password was provided|Sorry, try again|Authentication fail/i.test(
      stderr,
    )
  ) {
    return 'wrong password';
  }
  return /password is required|terminal is required|authentication is required/.test(stderr) ? 'asks' : 'other';
}

export type RootLogin = {
  /** The host's name in the lab, for questions and errors. */
  readonly name: string;
  readonly user: string;
  /** Key under which the password is remembered. */
  readonly passwordKey: string;
  /** The lab file's password. */
  readonly password: Secret | undefined;
  /** Runs a command of few words with this input. */
  readonly run: (words: readonly string[], input: string) => Promise<Result>;
};

const TRIES = 3;

/**
 * A sudo with a checked password: with a wrong one sudo would read the script as further passwords. Tries the typed
 * passwords, then the lab file's, then asks. Throws a LabError with exit code 2 that says why root is out of reach.
 * @param refused sudo's answer to the first command as root
 */
export async function sudoWithPassword(login: RootLogin, refused: Result, signal?: AbortSignal): Promise<Sudo> {
  const { name, user, passwordKey } = login;
  const sudoKey = `sudo ${passwordKey}`;
  return await withPerson(async () => {
    const known = recall(sudoKey) ?? recall(passwordKey) ?? login.password;
    let latest = refused;
    let reason = refusalOf(refused);
    let password = known;
    let asked = 0;
    while (reason === 'asks' || reason === 'wrong password') {
      if (password === undefined) {
        if (asked === TRIES) break;
        const answer = await askSecretly(`${name}: sudo password of ${user}: `, signal);
        if (answer === undefined) break;
        password = new Secret(answer);
        asked += 1;
      }
      const input = `${password.reveal()}\n`;
      latest = await login.run([...WITH_PASSWORD, 'true'], input);
      if (latest.code === 0) {
        remember(sudoKey, password);
        return { words: WITH_PASSWORD, input };
      }
      reason = refusalOf(latest);
      if (reason === 'wrong password' && canAsk()) notice(`${name}: sudo did not accept that password`);
      password = undefined;
    }
    throw noRoot(login, reason, { latest, hadPassword: known !== undefined });
  });
}

const HAPPENED: Readonly<Record<Exclude<Refusal, 'other'>, string>> = {
  absent: 'sudo is not installed there',
  asks: 'sudo asks for a password',
  'wrong password': 'sudo did not accept the password',
  'not permitted': 'this user may not use sudo there',
};

function noRoot(
  { name, user }: RootLogin,
  reason: Refusal,
  { latest, hadPassword }: { readonly latest: Result; readonly hadPassword: boolean },
): LabError {
  const permit = `run as root there: usermod -aG sudo ${user}`;
  const advice: Readonly<Record<Refusal, string>> = {
    absent: `log in as root, or ${permit.replace(': ', ': apt-get install sudo; ')}`,
    asks: 'run the command on a terminal, give a `password` in the lab file, or let this user use sudo without one (sudoers(5), NOPASSWD)',
    'wrong password': hadPassword
      ? 'correct the password that `password` in the lab file refers to, or run the command on a terminal'
      : 'run the command again with the right password',
    'not permitted': `log in as a user who may use sudo, or ${permit}`,
    other: 'log in as root or as a user who may use sudo',
  };
  const message = lastLines(latest.stderr) || `exit code ${latest.code}`;
  const happened = reason === 'other' ? message : HAPPENED[reason];
  return new LabError(
    { subject: name, step: `become root as ${user}`, happened, advice: advice[reason] },
    'could-not-run',
  );
}

import { LabError, lastLines } from '../../base/errors.ts';
import { askSecretly, canAsk, notice, withPerson } from '../../base/prompt.ts';
import { Secret } from '../../base/secret.ts';
import { recall, remember } from './answers.ts';
import type { Result } from './host.ts';

/** What stands in front of a command, and what sudo reads before the command does. */
export type Sudo = { readonly words: readonly string[]; readonly input: string };

/** Its messages are compared, so they have to be in English. */
const ENGLISH = ['env', 'LC_ALL=C'];

export const NO_SUDO: Sudo = { words: [], input: '' };
/** Asks nothing: where sudo wants a password it refuses, and nothing of the command has run. */
export const WITHOUT_PASSWORD: Sudo = { words: [...ENGLISH, 'sudo', '-n'], input: '' };
/** Forgets earlier logins, so that the password is read in any case and never taken for the command's input (sudo(8), -k). */
const WITH_PASSWORD = [...ENGLISH, 'sudo', '-k', '-S', '-p', ''];

/** Why sudo did not run a command, by its own words (sudo 1.9 and sudo-rs). */
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
  /** What the login's password is remembered by; the lab file's, if it has one. */
  readonly passwordKey: string;
  readonly password: Secret | undefined;
  /** Runs a command of few words with this input. */
  readonly run: (words: readonly string[], input: string) => Promise<Result>;
};

const TRIES = 3;

/**
 * A sudo whose password was checked once: a wrong one would have it read the script as further passwords. The lab file's is tried first, then what was
 * typed for the login, then a person is asked. Throws a LabError with exit code 2 where root is not to be had, with what to do.
 * @param refused what the first command of root's was refused with
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
    throw noRoot(login, reason, latest, known !== undefined);
  });
}

const HAPPENED: Readonly<Record<Exclude<Refusal, 'other'>, string>> = {
  absent: 'sudo is not installed there',
  asks: 'sudo asks for a password',
  'wrong password': 'sudo did not accept the password',
  'not permitted': 'this user may not use sudo there',
};

function noRoot({ name, user }: RootLogin, reason: Refusal, latest: Result, hadPassword: boolean): LabError {
  const permit = `as root there: usermod -aG sudo ${user}`;
  const advice: Readonly<Record<Refusal, string>> = {
    absent: `log in as root, or, ${permit.replace(': ', ': apt-get install sudo; ')}`,
    asks: 'run the command on a terminal, give a `password` in the lab file, or let this user use sudo without one (sudoers(5), NOPASSWD)',
    'wrong password': hadPassword
      ? 'put the right one where the lab file takes `password` from, or run the command on a terminal'
      : 'run the command again with the right one',
    'not permitted': `log in as a user who may, or, ${permit}`,
    other: 'log in as root or as a user who may use sudo',
  };
  const said = lastLines(latest.stderr) || `exit code ${latest.code}`;
  const happened = reason === 'other' ? said : HAPPENED[reason];
  return new LabError(
    { subject: name, step: `become root as ${user}`, happened, advice: advice[reason] },
    'could-not-run',
  );
}

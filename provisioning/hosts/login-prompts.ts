import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { askLine, askSecretly, canAsk, notice, withPerson } from '../../base/prompt.ts';
import { Secret } from '../../base/secret.ts';
import { recall, remember } from './answers.ts';
import { type LoginOutcome, type LoginTarget, logInOnce, sshStep } from './connect.ts';
import { shownKey } from './host-key.ts';
import { readKeyFile } from './key-file.ts';
import { knownKeys, saveKey } from './known-hosts.ts';
import { takesPassword } from './login.ts';
import { passphraseOf } from './login-keys.ts';
import type { Destination } from './ssh-config.ts';

/** As ssh's NumberOfPasswordPrompts. */
const TRIES = 3;

/** How often a host that drops the connection is tried again, and the longest first pause; each next one is twice as long. */
const DROPS = 6;
const PAUSE_MS = 100;

/** Key under which a host's password is remembered. */
export function passwordKey({ user, knownAs }: Destination): string {
  return `password of ${user}@${knownAs}`;
}

/**
 * Logs in, and asks on a terminal about an unknown host key, a passphrase or a password.
 * Asks only between connections, since sshd limits the time of a login (sshd_config(5), LoginGraceTime).
 * Throws a LabError with exit code 2 that says why it could not.
 */
export async function logInWithPrompts(target: LoginTarget): Promise<Client> {
  const { name, destination, address, signal } = target;
  const remembered = passwordKey(destination);
  let password = recall(remembered) ?? address.password;
  const attempt = () => untilAnswered(() => logInOnce(target, password), signal);
  const first = await attempt();
  if (first.kind === 'ready') return first.client;
  const unlock = unlocker(signal);
  let hasDecided = false;
  let asked = 0;
  return await withPerson(async () => {
    for (let latest: Answered = first; ; latest = await attempt()) {
      if (latest.kind === 'ready') {
        if (asked > 0 && password !== undefined) remember(remembered, password);
        return latest.client;
      }
      if (latest.kind === 'unknown key') {
        // otherwise a saved key that is not found again would lead to the same question for ever
        if (hasDecided || !(await decide(target, latest.key))) throw unlessInterrupted(target, latest.refusal);
        hasDecided = true;
        continue;
      }
      if (await unlock(latest.keys.locked)) continue;
      const meanwhile = recall(remembered);
      if (meanwhile !== undefined && meanwhile !== password) {
        password = meanwhile;
        continue;
      }
      if (asked === TRIES || !takesPassword(latest.methods)) throw refused(target, latest);
      if (latest.hasTriedPassword && canAsk()) notice(`${name}: that password was not accepted`);
      const question = `${name}: password of ${destination.user}@${destination.hostName}: `;
      const answer = await askSecretly(question, signal);
      if (answer === undefined) throw unlessInterrupted(target, refused(target, latest));
      password = new Secret(answer);
      asked += 1;
    }
  });
}

type Answered = Exclude<LoginOutcome, { kind: 'dropped' }>;

/** Tries again after random pauses while the host drops the connection, as sshd does under many logins (sshd_config(5), MaxStartups). */
async function untilAnswered(attempt: () => Promise<LoginOutcome>, signal: AbortSignal | undefined): Promise<Answered> {
  for (let drops = 0; ; drops += 1) {
    const outcome = await attempt();
    if (outcome.kind !== 'dropped') return outcome;
    if (drops === DROPS || signal?.aborted === true) throw outcome.error;
    await sleep(Math.random() * PAUSE_MS * 2 ** drops);
  }
}

/** Saves an unknown host key that a person or the command line accepts. Returns whether it is known now. */
async function decide({ name, destination, address, signal }: LoginTarget, key: Buffer): Promise<boolean> {
  // another connection to the same host may have saved it
  if ((await knownKeys(name, destination)).keys.length > 0) return true;
  const { hostName, port } = destination;
  const alias = address.address === hostName ? '' : ` (${address.address})`;
  const text = `${name}: the key of ${hostName} port ${port}${alias} is not known: ${shownKey(key)}`;
  if (address.newHostKey !== 'accept') {
    const answer = await askLine(`${text}\nIs it the right key, and should it be saved? [yes/no] `, signal);
    if (answer?.trim().toLowerCase() !== 'yes') return false;
  }
  const file = await saveKey(name, destination, key);
  notice(`${text}; saved in ${file}`);
  return true;
}

/** Asks for the passphrases of key files, once each in a login; gives whether one of the files can be used now. */
function unlocker(signal: AbortSignal | undefined): (files: readonly string[]) => Promise<boolean> {
  const skipped = new Set<string>();
  return async (files) => {
    for (const file of files) {
      if (recall(passphraseOf(file)) !== undefined) return true;
      if (skipped.has(file)) continue;
      skipped.add(file);
      for (let asked = 0; asked < TRIES; asked += 1) {
        const answer = await askSecretly(`passphrase of ${file}: `, signal);
        // an empty line skips the key
        if (answer === undefined || answer === '') break;
        const passphrase = new Secret(answer);
        if ((await readKeyFile(file, passphrase)).kind !== 'private') continue;
        remember(passphraseOf(file), passphrase);
        return true;
      }
    }
    return false;
  };
}

function unlessInterrupted(target: LoginTarget, error: LabError): LabError {
  if (target.signal?.aborted !== true) return error;
  return new LabError({ subject: target.name, step: sshStep(target), happened: 'interrupted' }, 'interrupted');
}

function refused(
  target: LoginTarget,
  { keys, methods, hasTriedPassword }: Extract<LoginOutcome, { kind: 'refused' }>,
): LabError {
  const { methods: tried, locked, troubles } = keys;
  const happened = [
    ...(tried.length > 0 ? ['none of the keys was accepted'] : ['no agent and no key file could be used']),
    ...locked.map((file) => `${file} has a passphrase`),
    ...troubles,
    ...(hasTriedPassword ? ['the password was not accepted'] : []),
  ].join('; ');
  const advice = [
    `add your public key to ~/.ssh/authorized_keys of ${target.destination.user} there (ssh-copy-id)`,
    'name the key with `identity` in the lab file',
    ...(locked.length > 0 ? ['load it into the agent (ssh-add)'] : []),
    ...(takesPassword(methods) ? ['run the command on a terminal, or give a `password` in the lab file'] : []),
  ].join(', or ');
  return new LabError({ subject: target.name, step: sshStep(target), happened, advice }, 'could-not-run');
}

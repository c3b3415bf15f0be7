import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { askLine, askSecretly, canAsk, notice, withPerson } from '../../base/prompt.ts';
import { Secret } from '../../base/secret.ts';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { recall, remember } from './answers.ts';
import { attemptLogin, type LoginOutcome, sshStep } from './connect.ts';
import { shownKey } from './host-key.ts';
import { readKeyFile } from './key-file.ts';
import { keepKey, knownKeys } from './known-hosts.ts';
import { takesPassword } from './login.ts';
import { passphraseOf } from './login-keys.ts';
import type { Route } from './route.ts';
import type { Destination } from './ssh-config.ts';

/** As ssh's NumberOfPasswordPrompts. */
const TRIES = 3;

/** How often a host is tried that drops the connection, and the longest first pause; each is twice as long as the one before. */
const DROPS = 6;
const PAUSE_MS = 100;

/** What a host's password is remembered by. */
export function passwordKey({ user, knownAs }: Destination): string {
  return `password of ${user}@${knownAs}`;
}

/**
 * Logs in by this route, and asks on a terminal for what is missing: whether an unknown host key is right, a passphrase, a password. A person takes longer
 * than sshd waits (sshd_config(5), LoginGraceTime), so nothing is asked while a connection is open. Throws a LabError with exit code 2 that says why it could not.
 */
export async function logInBy(
  name: string,
  destination: Destination,
  address: SshAddress,
  route: Route,
  signal: AbortSignal | undefined,
): Promise<Client> {
  const what = passwordKey(destination);
  let password = recall(what) ?? address.password;
  const attempt = () => untilHeard(() => attemptLogin(name, destination, address, password, route, signal), signal);
  const first = await attempt();
  if (first.kind === 'ready') return first.client;
  const giveUp = (error: LabError) =>
    signal?.aborted === true
      ? new LabError({ subject: name, step: sshStep(destination, route), happened: 'interrupted' }, 'interrupted')
      : error;
  const passedOver = new Set<string>();
  let hasDecided = false;
  let asked = 0;
  return await withPerson(async () => {
    for (let latest: Heard = first; ; latest = await attempt()) {
      if (latest.kind === 'ready') {
        if (asked > 0 && password !== undefined) remember(what, password);
        return latest.client;
      }
      if (latest.kind === 'unknown key') {
        // what was kept and is not found again can't be decided once more
        if (hasDecided) throw latest.refusal;
        hasDecided = true;
        if (await decide(name, destination, address, latest, signal)) continue;
        throw giveUp(latest.refusal);
      }
      if (await unlock(latest.keys.locked, passedOver, signal)) continue;
      const meanwhile = recall(what);
      if (meanwhile !== undefined && meanwhile !== password) {
        password = meanwhile;
        continue;
      }
      if (asked === TRIES || !takesPassword(latest.methods)) throw notLetIn(name, destination, route, latest);
      if (latest.hasTriedPassword && canAsk()) notice(`${name}: that password was not accepted`);
      const question = `${name}: password of ${destination.user}@${destination.hostName}: `;
      const answer = await askSecretly(question, signal);
      if (answer === undefined) throw giveUp(notLetIn(name, destination, route, latest));
      password = new Secret(answer);
      asked += 1;
    }
  });
}

type Heard = Exclude<LoginOutcome, { kind: 'dropped' }>;

/** Tries again, at random moments, while the host drops the connection before a word: sshd does so where many come at once (sshd_config(5), MaxStartups). */
async function untilHeard(attempt: () => Promise<LoginOutcome>, signal: AbortSignal | undefined): Promise<Heard> {
  for (let drops = 0; ; drops += 1) {
    const outcome = await attempt();
    if (outcome.kind !== 'dropped') return outcome;
    if (drops === DROPS || signal?.aborted === true) throw outcome.error;
    await sleep(Math.random() * PAUSE_MS * 2 ** drops);
  }
}

/** Keeps an unknown host key where a person, or the command line, says that it is the right one; whether it is known now. */
async function decide(
  name: string,
  destination: Destination,
  { address, newHostKey }: SshAddress,
  { key }: Extract<LoginOutcome, { kind: 'unknown key' }>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // for another connection to the same host
  if ((await knownKeys(name, destination)).keys.length > 0) return true;
  const { hostName, port } = destination;
  const alias = address === hostName ? '' : ` (${address})`;
  const text = `${name}: the key of ${hostName} port ${port}${alias} is not known: ${shownKey(key)}`;
  if (newHostKey !== 'accept') {
    const answer = await askLine(`${text}\nIs it the key of that host, and shall it be kept? [yes/no] `, signal);
    if (answer?.trim().toLowerCase() !== 'yes') return false;
  }
  const file = await keepKey(name, destination, key);
  notice(`${text}; kept in ${file}`);
  return true;
}

/** Asks for the passphrases of key files, each once a connection; whether one of them can be used now. */
async function unlock(
  files: readonly string[],
  passedOver: Set<string>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const file of files) {
    if (recall(passphraseOf(file)) !== undefined) return true;
    if (passedOver.has(file)) continue;
    passedOver.add(file);
    for (let asked = 0; asked < TRIES; asked += 1) {
      const answer = await askSecretly(`passphrase of ${file}: `, signal);
      // nobody there, or another way is wanted
      if (answer === undefined || answer === '') break;
      const passphrase = new Secret(answer);
      if ((await readKeyFile(file, passphrase)).kind === 'private') {
        remember(passphraseOf(file), passphrase);
        return true;
      }
    }
  }
  return false;
}

function notLetIn(
  subject: string,
  destination: Destination,
  route: Route,
  { keys, methods, hasTriedPassword }: Extract<LoginOutcome, { kind: 'not let in' }>,
): LabError {
  const { methods: tried, locked, troubles } = keys;
  const happened = [
    ...(tried.length > 0 ? ['none of the keys was accepted'] : ['no agent and no key file could be used']),
    ...locked.map((file) => `${file} has a passphrase`),
    ...troubles,
    ...(hasTriedPassword ? ['the password was not accepted'] : []),
  ].join('; ');
  const advice = [
    `add your public key to ~/.ssh/authorized_keys of ${destination.user} there (ssh-copy-id)`,
    'name the key with `identity` in the lab file',
    ...(locked.length > 0 ? ['load it into the agent (ssh-add)'] : []),
    ...(takesPassword(methods) ? ['run the command on a terminal, or give a `password` in the lab file'] : []),
  ].join(', or ');
  return new LabError({ subject, step: sshStep(destination, route), happened, advice }, 'could-not-run');
}

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { LabError } from '../../../base/errors.ts';
import { Secret } from '../../../base/secret.ts';
import type { SshAddress } from '../../../lab-file/ssh-address.ts';
import { tryRun } from '../../../provisioning/hosts/host.ts';
import { runProgram } from '../../../provisioning/hosts/program.ts';
import { type SshHost, sshHost } from '../../../provisioning/hosts/ssh.ts';
import type { TestLab } from '../../lab/support/lab.ts';
import { ownLab } from '../../lab/support/own-lab.ts';
import { type Home, makeHome, makeMachines, PASSWORD, type Place } from '../../lab/support/ssh-machines.ts';

/** Two machines with users, and the clients that log in. */
export type Stage = {
  /** Its containers play the part of machines that were there before; nothing of Mosquitto is on them. */
  readonly lab: TestLab;
  readonly broker: Place;
  readonly pi: Place;
  readonly home: Home;
  /** The file of the lab's key, which all users there take. */
  readonly key: string;
};

/** Logins as a test module tries them: it has the stage when its tests run. */
export type Logins = (there: () => Stage) => void;

export const secret = new Secret(PASSWORD);
export const wrong = new Secret('battery staple');

/** One stage for all tests of a file. Before each of them ~/.ssh/config has the usual hosts, and the keys of both machines are known. */
export function ownStage(): () => Stage {
  const lab = ownLab('logins');
  let stage: Stage | undefined;
  const there = () => {
    if (stage === undefined) throw new Error('the machines are not there yet');
    return stage;
  };
  test.serial.before('machines with users', async (t) => {
    t.timeout(300_000);
    const machines = await makeMachines(lab());
    const home = await makeHome(path.join(lab().folder, 'home'));
    stage = { lab: lab(), ...machines, home, key: path.join(lab().folder, '.lab/keys', lab().name) };
    // this process opens hosts itself, as ./lab does
    Object.assign(process.env, { HOME: home.folder, SSH_AUTH_SOCK: '' });
  });
  test.serial.beforeEach('nothing is configured, and both hosts are known', async () => {
    const { home, broker, pi } = there();
    await home.configure(hosts(there()));
    await writeFile(home.knownHosts, knownAs('[127.0.0.1]:PORT', broker, pi) + knownAs(pi.address, pi));
  });
  return there;
}

/** ~/.ssh/config: `hub` is this side's machine, `kitchen` is behind it. */
export function hosts({ broker, pi, home, key }: Stage, rest = ''): string {
  return [
    // the hop's own ssh takes its home from the password database
    `Host *\n UserKnownHostsFile ${home.knownHosts}`,
    `Host hub\n HostName 127.0.0.1\n Port ${broker.port}\n User debian\n IdentityFile ${key}`,
    `Host kitchen\n HostName ${pi.address}\n User pi\n ProxyJump hub\n IdentityFile ${key}`,
    `Host nora\n HostName 127.0.0.1\n Port ${pi.port}\n User nora\n IdentityFile none`,
    rest,
  ].join('\n');
}

export function knownAs(name: string, ...places: readonly Place[]): string {
  return places.map(({ port, hostKey }) => `${name.replace('PORT', String(port))} ${hostKey}\n`).join('');
}

/** ssh://ADDRESS, with nothing more in the lab file than what is given. */
export function at(address: string, more: Partial<SshAddress> = {}): SshAddress {
  return { user: undefined, address, port: undefined, identity: undefined, hostKey: undefined, ...more };
}

/** What a command on a host says, as the login's user or as root. */
export async function say(host: SshHost, script: string, root = false): Promise<string> {
  const { stdout, stderr } = await tryRun(host, { step: 'say', script, root, timeoutMs: 20_000 });
  return `${stdout}${stderr}`.trim();
}

/** The error that opening a host, or a command as root there, ends with. */
export async function refusal(t: ExecutionContext, address: SshAddress, script?: string): Promise<LabError['trouble']> {
  const work = async () => {
    await using host = await sshHost('pi', address);
    if (script !== undefined) await tryRun(host, { step: 'say', script, root: true, timeoutMs: 20_000 });
  };
  const error = await t.throwsAsync(work, { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  for (const password of [secret, wrong]) t.false(error?.message.includes(password.reveal()));
  return error?.trouble ?? { subject: '', step: '', happened: '' };
}

/** Gives the file of a copy of the lab's key that is locked with the passphrase `open sesame`. */
export async function lockedKey({ lab, key }: Stage): Promise<string> {
  const file = path.join(lab.folder, 'locked');
  await writeFile(file, await readFile(key), { mode: 0o600 });
  await runProgram('ssh-keygen', ['-p', '-q', '-N', 'open sesame', '-f', file]);
  return file;
}

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { containerCreator } from '../../../deployment/create-containers.ts';
import { readLab } from '../../../lab-file/read.ts';
import { engine } from './container.ts';
import type { TestLab } from './lab.ts';

/** A container as a machine on a network: how this machine reaches it, and how the other one does. */
export type Place = { readonly port: number; readonly address: string; readonly hostKey: string };

/** A home folder for the command under test, so that nobody's own ~/.ssh is read or changed. */
export type Home = {
  readonly folder: string;
  readonly knownHosts: string;
  /** Writes ~/.ssh/config. */
  configure(text: string): Promise<void>;
};

/** The password of all users there. */
export const PASSWORD = 'correct horse';

/**
 * Users beside the login with a key: nora may use sudo with her password, and her shell prints at its start; kim too and is let in by keyboard-interactive alone, otto may not use sudo.
 * All take the lab's key as well.
 */
const USERS = `
printf '%s\\n' 'Match User nora,otto' 'PasswordAuthentication yes' 'Match User kim' 'KbdInteractiveAuthentication yes' >/etc/ssh/sshd_config.d/users.conf
for user in nora otto kim; do
  useradd --create-home --shell /bin/bash "$user"
  echo "$user:${PASSWORD}" | chpasswd
  cp -r /home/pi/.ssh "/home/$user/" && chown -R "$user:" "/home/$user/.ssh"
done
usermod -aG sudo nora
usermod -aG sudo kim
sed -i '1i echo hello; echo complaint >&2' /home/nora/.bashrc
kill -HUP 1
`;

/** Makes the lab's containers, without what a lab would set up in them: `broker` is the way to `pi`, which has users with passwords. */
export async function makeMachines(lab: TestLab): Promise<{ readonly broker: Place; readonly pi: Place }> {
  const make = await machineMaker(lab);
  const [broker, pi] = await Promise.all([make('broker'), make('pi')]);
  await lab.container('pi').shell(USERS);
  return { broker, pi };
}

/** Makes a container of the lab, without what a lab would set up in it. */
export async function machineMaker(lab: TestLab): Promise<(name: string) => Promise<Place>> {
  const { signal } = new AbortController();
  const make = containerCreator(await engine(), readLab(path.join(lab.folder, 'lab.yaml')), {
    report: () => undefined,
    signal,
  });
  return async (name) => {
    const { ssh, address } = await make(name);
    return { port: ssh.port, address, hostKey: ssh.hostKey ?? '' };
  };
}

export async function makeHome(folder: string): Promise<Home> {
  const ssh = path.join(folder, '.ssh');
  await mkdir(ssh, { recursive: true, mode: 0o700 });
  const configure = (text: string) => writeFile(path.join(ssh, 'config'), text, { mode: 0o600 });
  await configure('');
  return { folder, knownHosts: path.join(ssh, 'known_hosts'), configure };
}

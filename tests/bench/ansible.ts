import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../lab-file/lab.ts';
import { may, writes } from '../../lab-file/may.ts';
import { BROKER_PACKAGES } from '../../mosquitto/broker-host.ts';
import { renderPasswd } from '../../mosquitto/passwd.ts';
import { PI_PACKAGES } from '../../pi/pi-host.ts';
import { sshOptions } from './plain.ts';
import type { Login, Prepare, Stage } from './stage.ts';
import { runTimed } from './timed.ts';

const PLAYBOOK = fileURLToPath(new URL('ansible/playbook.yml', import.meta.url));
const CONFIG = fileURLToPath(new URL('ansible/ansible.cfg', import.meta.url));

export const HOW_TO_INSTALL = 'apt-get install --no-install-recommends ansible-core';

/** First line of `ansible --version`; undefined where it is not installed. */
export async function ansibleVersion(signal: AbortSignal): Promise<string | undefined> {
  const version = await runTimed('ansible', ['--version'], { signal }).catch(() => undefined);
  return version?.stdout.split('\n')[0];
}

/** Runs the playbook on both hosts, with the same result as the lab. */
export const ansible: Prepare = async (stage, signal) => {
  const inventory = await writeInventory(stage);
  return async () => {
    // each run logs in again, as the other tools do; Ansible would keep its connections for a minute
    const folder = await mkdtemp(path.join(stage.directory, 'a-'));
    const environment = { ANSIBLE_CONFIG: CONFIG, ANSIBLE_HOME: folder, ANSIBLE_SSH_CONTROL_PATH_DIR: folder };
    try {
      return (await runTimed('ansible-playbook', ['-i', inventory, PLAYBOOK], { signal, environment })).seconds;
    } finally {
      for (const socket of await readdir(folder)) await endMaster(path.join(folder, socket));
      await rm(folder, { recursive: true, force: true });
    }
  };
};

/** Ends the ssh that keeps a connection behind this socket; other files in the folder are not sockets. */
async function endMaster(socket: string): Promise<void> {
  const words = ['-O', 'exit', '-o', `ControlPath=${socket}`, 'any'];
  await runTimed('ssh', words, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
}

/** Writes the inventory of a stage and returns its path. Passwords get their salts here, so that a second run changes nothing. */
async function writeInventory(stage: Stage): Promise<string> {
  const { lab, broker, pi } = stage;
  const file = path.join(stage.directory, 'inventory.json');
  const host = (login: Login) => variablesOf(login, stage.knownHosts);
  const inventory = {
    all: {
      children: {
        brokers: { hosts: { broker: host(broker) }, vars: brokerVariables(lab) },
        pis: { hosts: { pi: host(pi) }, vars: { packages: PI_PACKAGES } },
      },
    },
  };
  await writeFile(file, JSON.stringify(inventory), { mode: 0o600 });
  return file;
}

function variablesOf({ address, port, user, identity }: Login, knownHosts: string): object {
  return {
    ansible_host: address,
    ansible_port: port,
    ansible_user: user,
    ansible_ssh_private_key_file: identity,
    ansible_ssh_common_args: sshOptions(knownHosts).join(' '),
  };
}

function brokerVariables(lab: Lab): object {
  const [user] = lab.users;
  const topic = lab.topics.find(({ publish }) => user !== undefined && publish.includes(user.name));
  return {
    packages: BROKER_PACKAGES,
    broker_port: lab.broker.port,
    max_keep_alive: lab.broker.maxKeepAlive,
    passwd: renderPasswd(lab.users, ''),
    rights: Object.fromEntries(lab.users.map(({ name }) => [name, rulesOf(lab, name)])),
    user: { name: user?.name, password: user?.password?.reveal(), topic: topic?.name },
  };
}

function rulesOf(lab: Lab, user: string): string[] {
  return lab.topics.flatMap(({ name }) => [
    ...(writes(lab, user, name) ? [`write ${name}`] : []),
    ...(may(lab, user, 'subscribe', name) ? [`read ${name}`] : []),
  ]);
}

import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { LabError, lastLines } from '../../base/errors.ts';
import { notice } from '../../base/prompt.ts';
import { type SshAddress, sshText } from '../../lab-file/ssh-address.ts';
import { runProgram } from './program.ts';
import { type Destination, knownName, parseSshConfig } from './ssh-config.ts';

/**
 * The settings of ~/.ssh/config and the system's file for an address, as `ssh -G` prints them; the address takes precedence.
 * Without an ssh program it ignores the files, with a notice. Throws a LabError with exit code 2 where ssh refuses its configuration.
 */
export async function destinationOf(name: string, address: SshAddress): Promise<Destination> {
  if (address.isComplete === true) return completeDestination(address);
  const home = homedir();
  const config = path.join(home, '.ssh', 'config');
  // ssh takes its user's home from the password database, all else here from $HOME (ssh(1), FILES)
  const isElsewhere = home !== userInfo().homedir;
  const file = isElsewhere ? ['-F', existsSync(config) ? config : 'none'] : [];
  const words = [
    ...['-G', '-T', ...file],
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
  ];
  const answer = await runProgram('ssh', [...words, '--', address.address]);
  if (answer === undefined && existsSync(config)) {
    notice(`${name}: ssh is not installed, so ${config} is left out (apt-get install openssh-client)`);
  }
  if (answer !== undefined && answer.code !== 0) {
    const step = `read the ssh configuration for ${sshText(address)}`;
    const happened = lastLines(answer.stderr) || `ssh -G gave exit code ${answer.code}`;
    const advice = 'correct ~/.ssh/config, or the file that it includes';
    throw new LabError({ subject: name, step, happened, advice }, 'could-not-run');
  }
  const acceptNew = address.newHostKey === 'accept' ? ['-o', 'StrictHostKeyChecking=accept-new'] : [];
  const parsed = parseSshConfig(answer?.stdout ?? '', address, { home, jumpOptions: [...file, ...acceptNew] });
  const moved = isElsewhere ? { ...parsed, userKnownHosts: parsed.userKnownHosts.map(inHome(home)) } : parsed;
  const { identity, cardKey } = address;
  const found = identity === undefined ? moved : { ...moved, identityFiles: [identity], identitiesOnly: true };
  return cardKey === undefined ? found : { ...found, identityFiles: [cardKey, ...found.identityFiles] };
}

/** The name or address behind an alias of ~/.ssh/config, for other connections to that host. */
export async function hostNameOf(name: string, address: SshAddress): Promise<string> {
  return (await destinationOf(name, address)).hostName;
}

/** Whether the host sees a hop at the other end of the connection, not this machine. */
export async function isIndirect(name: string, address: SshAddress): Promise<boolean> {
  return (await destinationOf(name, address)).proxy !== undefined;
}

/** `ssh -G` names the known_hosts in the password database's home where the configuration names none. */
function inHome(home: string): (file: string) => string {
  const usual = `${userInfo().homedir}/.ssh/known_hosts`;
  return (file) => (file === usual || file === `${usual}2` ? file.replace(userInfo().homedir, home) : file);
}

function completeDestination({ user, address, port = 22, identity }: SshAddress): Destination {
  return {
    user: user ?? userInfo().username,
    hostName: address,
    port,
    identityFiles: identity === undefined ? [] : [identity],
    identitiesOnly: true,
    agent: undefined,
    proxy: undefined,
    knownAs: knownName(address, port),
    userKnownHosts: [],
    globalKnownHosts: [],
    hashKnownHosts: false,
  };
}

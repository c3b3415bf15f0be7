import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { LabError, lastLines } from '../../base/errors.ts';
import { notice } from '../../base/prompt.ts';
import { type SshAddress, sshText } from '../../lab-file/ssh-address.ts';
import { runProgram } from './program.ts';
import { expand } from './ssh-tokens.ts';

/** All that a connection needs to know, after ssh_config(5). */
export type Destination = {
  readonly user: string;
  /** What is connected to: a host name or an address, no alias. */
  readonly hostName: string;
  readonly port: number;
  /** Key files, absolute; one that is not there is no trouble unless the lab file names it. */
  readonly identityFiles: readonly string[];
  /** Whether the agent's other keys are left out. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  /** Hops as ProxyJump has them, between commas. */
  readonly proxyJump: string | undefined;
  /** A command whose input and output are the connection. */
  readonly proxyCommand: string | undefined;
  /** The name that known_hosts files know the host by. */
  readonly knownAs: string;
  /** known_hosts files of the user; a new key is kept in the first. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly hashKnownHosts: boolean;
};

const KEY_FILES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/**
 * What ~/.ssh/config and the system's make of an address, as `ssh -G` tells it; what the address says itself wins. Without an ssh program the files
 * are left out, which is told. Throws a LabError with exit code 2 where ssh refuses its configuration.
 */
export async function destinationOf(name: string, address: SshAddress): Promise<Destination> {
  if (address.isComplete === true) return complete(address);
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
  const told = await runProgram('ssh', [...words, '--', address.address]);
  if (told === undefined && existsSync(config)) {
    notice(`${name}: ssh is not installed, so ${config} is left out (apt-get install openssh-client)`);
  }
  if (told !== undefined && told.code !== 0) {
    const step = `read the ssh configuration for ${sshText(address)}`;
    const happened = lastLines(told.stderr) || `ssh -G gave exit code ${told.code}`;
    throw new LabError(
      { subject: name, step, happened, advice: 'mend ~/.ssh/config, or what it includes' },
      'could-not-run',
    );
  }
  const found = parseSshConfig(told?.stdout ?? '', address, home);
  const moved = isElsewhere ? { ...found, userKnownHosts: found.userKnownHosts.map(atHome(home)) } : found;
  return address.identity === undefined ? moved : { ...moved, identityFiles: [address.identity], identitiesOnly: true };
}

/** The name or address behind an alias of ~/.ssh/config, for what else connects to that machine. */
export async function hostNameOf(name: string, address: SshAddress): Promise<string> {
  return (await destinationOf(name, address)).hostName;
}

/** Whether the other end of the connection is not this machine, but a hop. */
export async function isIndirect(name: string, address: SshAddress): Promise<boolean> {
  const { proxyJump, proxyCommand } = await destinationOf(name, address);
  return proxyJump !== undefined || proxyCommand !== undefined;
}

/** Reads `ssh -G`'s lines, `keyword value` in lower case; a text without lines gives ssh's own defaults. */
export function parseSshConfig(text: string, address: SshAddress, home: string): Destination {
  const lines = text.split('\n').flatMap((line): [string, string][] => {
    const [, keyword, value] = /^(\S+) (.+)$/.exec(line) ?? [];
    return keyword === undefined || value === undefined || value === 'none' ? [] : [[keyword, value]];
  });
  const values = (keyword: string) => lines.flatMap(([found, value]) => (found === keyword ? [value] : []));
  const first = (keyword: string) => values(keyword)[0];
  const user = first('user') ?? address.user ?? userInfo().username;
  const hostName = first('hostname') ?? address.address;
  const port = Number(first('port') ?? address.port ?? 22);
  const alias = first('hostkeyalias');
  const tokens = { user, hostName, port, name: address.address, alias, home };
  const files = (keyword: string, otherwise: readonly string[]) =>
    // a path may hold blanks, and each is absolute here
    (text === '' ? otherwise : values(keyword).flatMap((value) => value.split(/ (?=[/~])/))).map((file) =>
      expand(file, tokens),
    );
  const usual = (names: readonly string[]) => names.map((name) => path.join(home, '.ssh', name));
  const place = port === 22 ? hostName.toLowerCase() : `[${hostName.toLowerCase()}]:${port}`;
  return {
    user,
    hostName,
    port,
    identityFiles: (text === '' ? usual(KEY_FILES) : values('identityfile')).map((file) => expand(file, tokens)),
    identitiesOnly: first('identitiesonly') === 'yes',
    agent: agentSocket(lines.find(([keyword]) => keyword === 'identityagent')?.[1], text, tokens),
    proxyJump: first('proxyjump'),
    proxyCommand: proxyCommand(first('proxycommand'), tokens),
    knownAs: alias ?? place,
    userKnownHosts: files('userknownhostsfile', usual(['known_hosts', 'known_hosts2'])),
    globalKnownHosts: files('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    hashKnownHosts: first('hashknownhosts') === 'yes',
  };
}

type Tokens = Parameters<typeof expand>[1];

/** `none` is no agent; `SSH_AUTH_SOCK` and `$NAME` are environment variables (ssh_config(5), IdentityAgent). */
function agentSocket(value: string | undefined, text: string, tokens: Tokens): string | undefined {
  if (/^identityagent none$/m.test(text)) return undefined;
  if (value === undefined || value === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  return value.startsWith('$') && !value.startsWith('${')
    ? process.env[value.slice(1)] || undefined
    : expand(value, tokens);
}

function proxyCommand(value: string | undefined, tokens: Tokens): string | undefined {
  return value === undefined ? undefined : expand(value, tokens, 'command');
}

/** `ssh -G` has the known_hosts of the password database's home where the file says nothing. */
function atHome(home: string): (file: string) => string {
  const usual = `${userInfo().homedir}/.ssh/known_hosts`;
  return (file) => (file === usual || file === `${usual}2` ? file.replace(userInfo().homedir, home) : file);
}

function complete({ user, address, port = 22, identity }: SshAddress): Destination {
  return {
    user: user ?? userInfo().username,
    hostName: address,
    port,
    identityFiles: identity === undefined ? [] : [identity],
    identitiesOnly: true,
    agent: undefined,
    proxyJump: undefined,
    proxyCommand: undefined,
    knownAs: port === 22 ? address : `[${address}]:${port}`,
    userKnownHosts: [],
    globalKnownHosts: [],
    hashKnownHosts: false,
  };
}

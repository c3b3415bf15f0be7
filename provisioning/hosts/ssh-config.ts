import { userInfo } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import { jumpCommand } from './proxy-jump.ts';
import { expand, type Tokens } from './ssh-tokens.ts';

/** The settings of a connection, as in ssh_config(5). */
export type Destination = {
  readonly user: string;
  /** The host name or address to connect to, no alias. */
  readonly hostName: string;
  readonly port: number;
  /** Key files, absolute; a missing one is an error only where the lab file names it. */
  readonly identityFiles: readonly string[];
  /** Whether the agent's other keys are left out. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  /** The proxy command where the connection is not direct. */
  readonly proxy: SshProxy | undefined;
  /** The host's name in known_hosts files. */
  readonly knownAs: string;
  /** known_hosts files of the user; a new key goes into the first. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly hashKnownHosts: boolean;
};

/** A command whose input and output are the connection (ssh_config(5), ProxyCommand). */
export type SshProxy = {
  readonly command: string;
  /** The hops of ProxyJump, between commas; undefined where the command is the user's own. */
  readonly jump?: string;
};

export type ParseOptions = {
  readonly home: string;
  /** Words for the ssh that ProxyJump starts. */
  readonly jumpOptions?: readonly string[];
};

const KEY_FILES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const GLOBAL_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** Reads the lines of `ssh -G`, `keyword value` in lower case; an empty text gives ssh's own defaults. */
export function parseSshConfig(text: string, address: SshAddress, options: ParseOptions): Destination {
  const { home } = options;
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
  const expanded = (files: readonly string[]) => files.map((file) => expand(file, tokens));
  // each path is absolute, so that a blank in one does not end it
  const paths = (keyword: string) => values(keyword).flatMap((value) => value.split(/ (?=[/~])/));
  const inHome = (names: readonly string[]) => names.map((name) => path.join(home, '.ssh', name));
  const isDefault = text === '';
  return {
    user,
    hostName,
    port,
    identityFiles: expanded(isDefault ? inHome(KEY_FILES) : values('identityfile')),
    identitiesOnly: first('identitiesonly') === 'yes',
    agent: agentSocket(first('identityagent'), text, tokens),
    proxy: proxyOf(first('proxyjump'), first('proxycommand'), tokens, options.jumpOptions),
    knownAs: alias ?? knownName(hostName.toLowerCase(), port),
    userKnownHosts: expanded(isDefault ? inHome(['known_hosts', 'known_hosts2']) : paths('userknownhostsfile')),
    globalKnownHosts: expanded(isDefault ? GLOBAL_KNOWN_HOSTS : paths('globalknownhostsfile')),
    hashKnownHosts: first('hashknownhosts') === 'yes',
  };
}

/** A host's name in known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export function knownName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** `none` is no agent; `SSH_AUTH_SOCK` and `$NAME` are environment variables (ssh_config(5), IdentityAgent). */
function agentSocket(value: string | undefined, text: string, tokens: Tokens): string | undefined {
  if (/^identityagent none$/m.test(text)) return undefined;
  if (value === undefined || value === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  return value.startsWith('$') && !value.startsWith('${')
    ? process.env[value.slice(1)] || undefined
    : expand(value, tokens);
}

function proxyOf(
  jump: string | undefined,
  command: string | undefined,
  tokens: Tokens,
  jumpOptions?: readonly string[],
): SshProxy | undefined {
  if (jump !== undefined) return { command: jumpCommand(jump, tokens, jumpOptions), jump };
  return command === undefined ? undefined : { command: expand(command, tokens, 'command') };
}

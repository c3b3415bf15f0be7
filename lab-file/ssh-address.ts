import type { Secret } from '../base/secret.ts';

/** How to reach a host over SSH, as far as the lab file says it. */
export type SshAddress = {
  /** Undefined: from ~/.ssh/config, else this user's name. */
  readonly user: string | undefined;
  /** Host name, IP address or an alias of ~/.ssh/config. */
  readonly address: string;
  /** Undefined: from ~/.ssh/config, else 22. */
  readonly port: number | undefined;
  /** Private key file, the only key then; undefined: the agent and the files of ~/.ssh/config. */
  readonly identity: string | undefined;
  /** Private key file of the lab, tried beside the others, where the lab has made the host's card. */
  readonly cardKey?: string | undefined;
  /** The host's public key as in known_hosts; undefined: the known_hosts files decide. */
  readonly hostKey: string | undefined;
  /** For a host that accepts no key, and for sudo. */
  readonly password?: Secret | undefined;
  /** What to do with an unknown host key. @default ask on a terminal, refuse elsewhere */
  readonly newHostKey?: 'accept' | undefined;
  /** Whether ~/.ssh/config and the agent are ignored, as for the lab's own containers. @default false */
  readonly isComplete?: true | undefined;
};

/** The address as a person writes it: `pi@kitchen.local:2222`, with only what the lab file says. */
export function sshText({ user, address, port }: Pick<SshAddress, 'user' | 'address' | 'port'>): string {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

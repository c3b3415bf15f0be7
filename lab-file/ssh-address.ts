import type { Secret } from '../base/secret.ts';

/** How a host is reached over SSH, as far as the lab says it; plain data, so that another process can open the same host. */
export type SshAddress = {
  /** Undefined: the one of ~/.ssh/config, else this user's name. */
  readonly user: string | undefined;
  /** Host name, IP address or an alias of ~/.ssh/config. */
  readonly address: string;
  /** Undefined: the one of ~/.ssh/config, else 22. */
  readonly port: number | undefined;
  /** Private key file, the only key then; undefined: the agent and the files of ~/.ssh/config. */
  readonly identity: string | undefined;
  /** The host's public key as in known_hosts; undefined: the known_hosts files decide. */
  readonly hostKey: string | undefined;
  /** For the login where no key is accepted, and for sudo where it asks. */
  readonly password?: Secret | undefined;
  /** What becomes of a host key that nothing is known of. @default ask on a terminal, refuse elsewhere */
  readonly newHostKey?: 'accept' | undefined;
  /** Whether nothing but this counts, as for the lab's own containers: neither ~/.ssh/config nor the agent is asked. @default false */
  readonly isComplete?: true | undefined;
};

/** The address as a person writes it: `pi@kitchen.local:2222`, without what the lab file leaves to ~/.ssh/config. */
export function sshText({ user, address, port }: Pick<SshAddress, 'user' | 'address' | 'port'>): string {
  const host = port !== undefined && address.includes(':') ? `[${address}]` : address;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

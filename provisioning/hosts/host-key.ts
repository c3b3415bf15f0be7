import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { $ } from 'zx/core';
import { LabError } from '../errors.ts';
import type { SshAddress } from './ssh.ts';

/** Decides about the key that a host presents; `refusal` explains a no. */
export type HostKeyCheck = {
  /** Algorithms to ask the host for, so that it presents a key that can be compared; empty: whichever it has. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  accepts(key: Buffer): boolean;
  refusal(): LabError | undefined;
};

type PublicKey = { readonly type: string; readonly blob: Buffer };

/** The check for one host: the pinned key where the lab has one, ~/.ssh/known_hosts otherwise. Nothing is trusted on first use. */
export async function hostKeyCheck(name: string, ssh: SshAddress): Promise<HostKeyCheck> {
  const source = ssh.hostKey === undefined ? 'known_hosts' : 'the pinned key';
  const known = ssh.hostKey === undefined ? await knownHosts(name, ssh) : publicKeys(ssh.hostKey);
  const isKnown = (key: Buffer) => known.some(({ blob }) => blob.length === key.length && timingSafeEqual(blob, key));
  let presented: Buffer | undefined;
  return {
    algorithms: [...new Set(known.flatMap(({ type }) => algorithmsOf(type)))],
    accepts(key) {
      presented = key;
      return isKnown(key);
    },
    refusal() {
      if (presented === undefined || isKnown(presented)) return undefined;
      const step = `check the host key of ${ssh.address} port ${ssh.port}`;
      const shown = fingerprint(presented);
      if (known.length === 0) {
        const advice = `compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then ssh once by hand or set \`hostKey\``;
        return new LabError({ subject: name, step, happened: `unknown key ${shown}`, advice }, 2);
      }
      const wanted = known.map(({ blob }) => fingerprint(blob)).join(', ');
      const advice =
        'if the host was installed anew, remove its old key (ssh-keygen -R); if not, somebody may be in between';
      return new LabError({ subject: name, step, happened: `the key is ${shown}, ${source} has ${wanted}`, advice }, 2);
    },
  };
}

/** SHA256 fingerprint as ssh-keygen prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Public keys in the lines of known_hosts or of a .pub file: `[hosts] TYPE BASE64 [comment]`; a revoked one is none (sshd(8), @revoked). */
export function publicKeys(text: string): PublicKey[] {
  const lines = text.split('\n');
  const revoked = keysIn(
    lines.flatMap((line) => (line.startsWith('@revoked ') ? [line.slice('@revoked '.length)] : [])),
  );
  return keysIn(lines).filter((key) => !revoked.some(({ blob }) => blob.equals(key.blob)));
}

function keysIn(lines: readonly string[]): PublicKey[] {
  return lines.flatMap((line) => {
    if (line.startsWith('#') || line.startsWith('@')) return [];
    const match = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]+=*)(?=\s|$)/.exec(line);
    const [, type, blob] = match ?? [];
    return type === undefined || blob === undefined ? [] : [{ type, blob: Buffer.from(blob, 'base64') }];
  });
}

function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  switch (type) {
    case 'ssh-ed25519':
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return [type];
    case 'ssh-rsa':
      return ['rsa-sha2-512', 'rsa-sha2-256'];
    default:
      return [];
  }
}

/** No known_hosts knows no host; one that is there is read by ssh-keygen, which understands hashed names. */
async function knownHosts(name: string, { address, port }: SshAddress): Promise<PublicKey[]> {
  if (!existsSync(path.join(homedir(), '.ssh', 'known_hosts'))) return [];
  const host = port === 22 ? address : `[${address}]:${port}`;
  const found = await $({ quiet: true, nothrow: true })`ssh-keygen -F ${host}`;
  if (found.exitCode === 127) {
    const advice = 'apt-get install openssh-client, or pin the host with `hostKey` in the lab file';
    throw new LabError(
      { subject: name, step: 'look up the host key', happened: 'ssh-keygen is not installed', advice },
      2,
    );
  }
  return publicKeys(found.stdout);
}

import { timingSafeEqual } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { type Known, knownKeys } from './known-hosts.ts';
import { fingerprint, keyType, publicKeys } from './public-key.ts';
import type { Destination } from './ssh-config.ts';

/** Decides about the key that a host presents; it trusts none on first use. */
export type HostKeyCheck = {
  /** Algorithms to request, those with comparable keys first. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  accepts(key: Buffer): boolean;
  /** The presented key of a host without a known key, so that a person may decide. */
  unknown(): Buffer | undefined;
  /** Why the key was not accepted. */
  refusal(): LabError | undefined;
};

/** Everything that ssh2 can compare, without the SHA-1 signatures that OpenSSH has given up. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The check for one host: by the pinned key if the lab file has one, otherwise by the known_hosts files. A revoked key is always refused. */
export async function hostKeyCheck(
  name: string,
  destination: Destination,
  pinned: string | undefined,
): Promise<HostKeyCheck> {
  const found = await knownKeys(name, destination);
  const known = pinned === undefined ? found.keys : publicKeys(pinned);
  const source = pinned === undefined ? KNOWN_HOSTS : PINNED;
  return checkOf(name, destination, { keys: known, revoked: found.revoked }, source);
}

/** Where the expected keys come from, and what to do when the host was reinstalled. */
type Source = { readonly name: string; readonly whenReinstalled: string };

const KNOWN_HOSTS: Source = { name: 'known_hosts', whenReinstalled: 'remove its old key (ssh-keygen -R)' };
const PINNED: Source = { name: 'the pinned key', whenReinstalled: 'set its new key as `hostKey`' };

function checkOf(
  name: string,
  { hostName, port }: Destination,
  { keys, revoked }: Known,
  source: Source,
): HostKeyCheck {
  const isOneOf = (among: Known['keys'], key: Buffer) =>
    among.some(({ blob }) => blob.length === key.length && timingSafeEqual(blob, key));
  const accepts = (key: Buffer) => isOneOf(keys, key) && !isOneOf(revoked, key);
  const comparable = new Set(keys.flatMap(({ type }) => algorithmsOf(type)));
  let presented: Buffer | undefined;
  return {
    algorithms: [...comparable, ...ALGORITHMS.filter((algorithm) => !comparable.has(algorithm))],
    accepts(key) {
      presented = key;
      return accepts(key);
    },
    unknown: () =>
      presented !== undefined && keys.length === 0 && !isOneOf(revoked, presented) ? presented : undefined,
    refusal() {
      if (presented === undefined || accepts(presented)) return undefined;
      const refused = (happened: string, advice: string) =>
        new LabError(
          { subject: name, step: `check the host key of ${hostName} port ${port}`, happened, advice },
          'could-not-run',
        );
      const shown = shownKey(presented);
      if (isOneOf(revoked, presented)) {
        const advice = 'give the host new keys: someone else may have this one';
        return refused(`the key ${shown} is revoked in known_hosts`, advice);
      }
      if (keys.length === 0) {
        const advice =
          'compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then answer yes on a terminal, give --accept-new-host-keys, or set `hostKey`';
        return refused(`unknown key ${shown}`, advice);
      }
      const expected = keys.map(({ blob }) => shownKey(blob)).join(', ');
      const advice = `if the host was reinstalled, ${source.whenReinstalled}; if not, someone may intercept the connection`;
      return refused(`the key is ${shown}, ${source.name} has ${expected}`, advice);
    },
  };
}

/** `SHA256:… (ssh-ed25519)`, like ssh-keygen -l. */
export function shownKey(key: Buffer): string {
  return `${fingerprint(key)} (${keyType(key)})`;
}

function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : ALGORITHMS.filter((algorithm) => algorithm === type);
}

import { timingSafeEqual } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { LabError } from '../../base/errors.ts';
import { type Known, knownKeys } from './known-hosts.ts';
import { fingerprint, keyType, publicKeys } from './public-key.ts';
import type { Destination } from './ssh-config.ts';

/** Decides about the key that a host presents; nothing is trusted on first use. */
export type HostKeyCheck = {
  /** Algorithms to ask the host for, first those whose keys can be compared. */
  readonly algorithms: readonly ServerHostKeyAlgorithm[];
  accepts(key: Buffer): boolean;
  /** The key that was presented where nothing is known of the host, so that a person may decide. */
  unknown(): Buffer | undefined;
  /** Explains a no. */
  refusal(): LabError | undefined;
};

/** All that ssh2 can compare, without the signatures by SHA-1 that OpenSSH has given up. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The check for one host: by the pinned key where the lab has one, by the known_hosts files otherwise; one that they revoke is refused in any case. */
export async function hostKeyCheck(
  name: string,
  destination: Destination,
  pinned: string | undefined,
): Promise<HostKeyCheck> {
  const found = await knownKeys(name, destination);
  const known = pinned === undefined ? found.keys : publicKeys(pinned);
  return checkOf(name, destination, { keys: known, revoked: found.revoked }, pinned !== undefined);
}

function checkOf(
  name: string,
  { hostName, port }: Destination,
  { keys, revoked }: Known,
  isPinned: boolean,
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
        const advice = 'give the host new keys: somebody else may have this one';
        return refused(`the key ${shown} is revoked in known_hosts`, advice);
      }
      if (keys.length === 0) {
        const advice =
          'compare it on the host (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then answer yes on a terminal, give --accept-new-host-keys, or set `hostKey`';
        return refused(`unknown key ${shown}`, advice);
      }
      const wanted = keys.map(({ blob }) => shownKey(blob)).join(', ');
      const advice = isPinned
        ? 'if the host was installed anew, set its new key as `hostKey`; if not, somebody may be in between'
        : 'if the host was installed anew, remove its old key (ssh-keygen -R); if not, somebody may be in between';
      return refused(`the key is ${shown}, ${isPinned ? 'the pinned key' : 'known_hosts'} has ${wanted}`, advice);
    },
  };
}

/** `SHA256:… (ED25519)`, after the manner of ssh-keygen -l. */
export function shownKey(key: Buffer): string {
  return `${fingerprint(key)} (${keyType(key)})`;
}

function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : ALGORITHMS.filter((algorithm) => algorithm === type);
}

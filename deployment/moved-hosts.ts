import { type Host, tryRun } from '../provisioning/hosts/host.ts';
import type { ManagedHost } from './address-book.ts';
import type { PlannedHost } from './planned-host.ts';

/** One host at two addresses: the address book's, and the lab file's. */
export type Move = { readonly from: ManagedHost; readonly to: ManagedHost };

const BOUND_MS = 30_000;
/** Identifies a host by its SSH keys and its current boot; no output where it has no keys. */
const IDENTITY = 'cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null && cat /proc/sys/kernel/random/boot_id';

/**
 * Finds the hosts to restore that the lab file has under another address, such as `192.168.1.7` for `kitchen.local`.
 * Asks no host unless there is one of each purpose. Changes nothing.
 */
export async function movedHosts(hosts: readonly PlannedHost[], signal: AbortSignal): Promise<readonly Move[]> {
  const found = hosts.flatMap(({ name, place, purpose, reached }) =>
    reached === undefined || place.kind === 'container' ? [] : [{ name, host: place, purpose, open: reached.host }],
  );
  if (new Set(found.map(({ purpose }) => purpose)).size < 2) return [];
  const known = await Promise.all(
    found.map(async ({ name, host, purpose, open }) => {
      return { entry: { name, host }, purpose, identity: await identityOf(open, signal) };
    }),
  );
  return known.flatMap(({ entry: from, purpose, identity }) => {
    const same = known.find((other) => other.purpose === 'converge' && other.identity === identity);
    return purpose === 'restore' && identity !== '' && same !== undefined ? [{ from, to: same.entry }] : [];
  });
}

async function identityOf(host: Host, signal: AbortSignal): Promise<string> {
  const step = 'identify the host';
  const { code, stdout } = await tryRun(host, { step, script: IDENTITY, timeoutMs: BOUND_MS, signal });
  return code === 0 ? stdout : '';
}

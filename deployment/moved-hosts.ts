import { type Host, tryRun } from '../provisioning/hosts/host.ts';
import type { Visit } from './address-book.ts';
import type { PlannedHost } from './plan-lab.ts';

/** A machine of the lab that the address book knows by another address than the lab file has now. */
export type Move = { readonly from: Visit; readonly to: Visit };

const BOUND_MS = 30_000;
/** A machine's own SSH keys, and the boot that it is in, tell it from every other one; nothing where it has none. */
const IDENTITY = 'cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null && cat /proc/sys/kernel/random/boot_id';

/**
 * Which of the machines that the lab file seems to have no longer are there under another address, such as `192.168.1.7` in place of `kitchen.local`: they
 * are not given back. Asks nobody where all machines of the address book are in the lab file. Changes nothing.
 */
export async function movedHosts(hosts: readonly PlannedHost[], signal: AbortSignal): Promise<readonly Move[]> {
  const isAsked = hosts.some(({ isLeft, reached }) => isLeft && reached !== undefined);
  if (!isAsked) return [];
  const known = await Promise.all(
    hosts.map(async ({ reached, isLeft, visit }) => {
      const identity = reached === undefined ? '' : await identityOf(reached.host, signal);
      return { identity, isLeft, visit };
    }),
  );
  return known.flatMap(({ identity, isLeft, visit: from }) => {
    const to = known.find((other) => !other.isLeft && other.identity === identity)?.visit;
    return isLeft && identity !== '' && from !== undefined && to !== undefined ? [{ from, to }] : [];
  });
}

async function identityOf(host: Host, signal: AbortSignal): Promise<string> {
  const step = 'ask which machine it is';
  const { code, stdout } = await tryRun(host, { step, script: IDENTITY, timeoutMs: BOUND_MS, signal });
  return code === 0 ? stdout : '';
}

import type { SshAddress } from '../../lab-file/ssh-address.ts';
import type { Host } from './host.ts';

/** Where a host is. */
export type HostAddress = { readonly kind: 'local' } | ({ readonly kind: 'ssh' } & SshAddress);

/** Opens a host; throws a LabError with exit code 2 when it is out of reach. Loads only the code that this kind of host needs. */
export async function openHost(name: string, where: HostAddress, signal?: AbortSignal): Promise<Host> {
  if (where.kind === 'local') return (await import('./local.ts')).localHost(name);
  return await (await import('./ssh.ts')).sshHost(name, where, signal);
}

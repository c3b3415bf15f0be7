import type { Host } from './host.ts';
import { localHost } from './local.ts';
import { type SshAddress, sshHost } from './ssh.ts';

/** Where a host is; plain data, so that another process can open the same host. */
export type HostAddress = { readonly kind: 'local' } | ({ readonly kind: 'ssh' } & SshAddress);

/** Opens a host; throws a LabError with exit code 2 when it can't be reached. */
export async function openHost(name: string, where: HostAddress, signal?: AbortSignal): Promise<Host> {
  return where.kind === 'local' ? localHost(name) : await sshHost(name, where, signal);
}

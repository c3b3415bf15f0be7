import type { Lab } from '../lab-file/lab.ts';

/** Login of each emulated machine; it may use sudo. Where sudo can't work it is root instead (docker/emulation.ts). */
export const LOGINS = { broker: 'debian', pi: 'pi' } as const;

/** Names of the machines that the lab file wants as containers. */
export function containerMachines({ broker, pis }: Pick<Lab, 'broker' | 'pis'>): readonly string[] {
  const names = pis.filter(({ host }) => host.kind === 'container').map(({ name }) => name);
  return broker.host.kind === 'container' ? ['broker', ...names] : names;
}

import type { Lab } from '../lab-file/lab.ts';
import type { ContainerSpec } from '../provisioning/docker/container-spec.ts';
import type { Emulation } from '../provisioning/docker/emulation.ts';
import type { ImageSpec } from '../provisioning/docker/image.ts';

/** The login of each container, which may use sudo. Where sudo cannot work it is root instead (docker/emulation.ts). */
export const LOGINS = { broker: 'debian', pi: 'pi' } as const;

/** Names of the hosts that the lab file wants as containers. */
export function containerNames({ broker, pis }: Pick<Lab, 'broker' | 'pis'>): readonly string[] {
  const names = pis.filter(({ host }) => host.kind === 'container').map(({ name }) => name);
  return broker.host.kind === 'container' ? ['broker', ...names] : names;
}

export type ContainerRecipe = Pick<ContainerSpec, 'lab' | 'name' | 'login' | 'ports'> & { readonly image: ImageSpec };

/** The part of a container's spec that follows from the lab file and from how the engine emulates its architecture. */
export function containerRecipe(lab: Lab, name: string, emulation: Emulation | undefined): ContainerRecipe {
  const mayUseSudo = emulation?.hasSetuid ?? true;
  const login = name === 'broker' ? LOGINS.broker : mayUseSudo ? LOGINS.pi : 'root';
  const image = { lab: lab.name, debian: lab.containers.debian, login, emulation };
  return { lab: lab.name, name, login, ports: name === 'broker' ? publishedPorts(lab) : [], image };
}

function publishedPorts({ broker }: Pick<Lab, 'broker'>): number[] {
  return broker.listeners.filter(({ bind }) => bind === 'all').map(({ port }) => port);
}

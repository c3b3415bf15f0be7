import type Docker from 'dockerode';
import type { Lab } from '../lab-file/lab.ts';
import {
  type ContainerState,
  containerState,
  labContainers,
  unwantedContainers,
} from '../provisioning/docker/container-state.ts';
import { findEmulations } from '../provisioning/docker/emulation.ts';
import { imageState } from '../provisioning/docker/image.ts';
import { networkState } from '../provisioning/docker/network.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { machineRecipe } from './create-machines.ts';
import { findLoginKey } from './login-key.ts';
import { containerMachines } from './machines.ts';

/** How the lab's part of the Docker engine stands against the lab file. */
export type Survey = {
  /** Engine, network, images, and machines that the lab file no longer has. */
  readonly items: readonly Item[];
  /** The machines that it has, by name. */
  readonly machines: ReadonlyMap<string, ContainerState>;
};

/**
 * Looks at what the lab has in Docker and what it needs there; `docker` undefined: no engine answers. Changes nothing. Throws a LabError with exit
 * code 2 for a Pi of an architecture that the engine can't run.
 */
export async function surveyMachines(docker: Docker | undefined, lab: Lab): Promise<Survey> {
  const names = containerMachines(lab);
  const containers = docker === undefined ? [] : labContainers(docker, lab.name);
  if (names.length === 0) return { items: removals(await containers, names), machines: new Map() };
  const [emulations, network, key] = await Promise.all([
    findEmulations(docker, lab),
    networkState(docker, lab.name, lab.containers.subnet),
    findLoginKey(lab),
    containers,
  ]);
  const recipes = names.map((name) => machineRecipe(lab, name, emulations.get(name)));
  const kinds = new Map(recipes.map(({ image }) => [JSON.stringify(image), image]));
  const images = new Map(
    await Promise.all([...kinds].map(async ([kind, image]) => [kind, await imageState(docker, image)] as const)),
  );
  const found = await containers;
  const machines = recipes.map(({ image, ...machine }) => {
    const recipe = images.get(JSON.stringify(image))?.recipe ?? '';
    return [machine.name, containerState(found, { ...machine, image: { recipe }, network, key })] as const;
  });
  const items: Item[] = [
    ...(docker === undefined ? [{ action: 'create', kind: 'engine', name: 'docker.io' } as const] : []),
    networkItem(network),
    ...[...images.values()].map(({ tag, exists: isThere }): Item => {
      return { action: isThere ? 'unchanged' : 'create', kind: 'image', name: tag };
    }),
    ...removals(found, names),
  ];
  return { items, machines: new Map(machines) };
}

function removals(containers: Parameters<typeof unwantedContainers>[0], names: readonly string[]): Item[] {
  return unwantedContainers(containers, names).map((name) => {
    return { action: 'remove', kind: 'container', name, detail: 'the lab file no longer has it' };
  });
}

function networkItem({ name, id, subnet }: Awaited<ReturnType<typeof networkState>>): Item {
  const item = { kind: 'network', name };
  if (id !== undefined) return { ...item, action: 'unchanged', ...(subnet === undefined ? {} : { detail: subnet }) };
  return subnet === undefined
    ? { ...item, action: 'create' }
    : { ...item, action: 'change', detail: `${subnet} is not \`containers.subnet\`` };
}

/** A machine's own line of the plan. */
export function machineItem(name: string, look: ContainerState): Item {
  const item = { kind: 'container', name };
  switch (look.state) {
    case 'absent':
      return { ...item, action: 'create' };
    case 'stale':
      return { ...item, action: 'change', detail: `made anew: ${look.why}` };
    case 'stopped':
      return { ...item, action: 'change', detail: `start: ${look.why}` };
    case 'running':
      return { ...item, action: 'unchanged' };
  }
}

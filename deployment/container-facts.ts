import type Docker from 'dockerode';
import type { Lab } from '../lab-file/lab.ts';
import {
  type Container,
  type ContainerState,
  containerState,
  labContainers,
  unwantedContainers,
} from '../provisioning/docker/container-state.ts';
import { findEmulations } from '../provisioning/docker/emulation.ts';
import { imageState } from '../provisioning/docker/image.ts';
import { networkState } from '../provisioning/docker/network.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { containerNames, containerRecipe } from './containers.ts';
import { findLoginKey } from './login-key.ts';

/** What Docker has of a lab, compared with the lab file. */
export type ContainerFacts = {
  /** Lines of the plan: engine, network, images, and containers that the lab file no longer has. */
  readonly items: readonly Item[];
  /** The containers of the lab file, by host name. */
  readonly states: ReadonlyMap<string, ContainerState>;
};

export const NO_CONTAINERS: ContainerFacts = { items: [], states: new Map() };

/**
 * Asks the engine for what the lab has there; `docker` is undefined where no engine answers. Changes nothing.
 * Throws a LabError for a Pi of an architecture that the engine cannot run.
 */
export async function gatherContainerFacts(docker: Docker | undefined, lab: Lab): Promise<ContainerFacts> {
  const names = containerNames(lab);
  const containers = docker === undefined ? [] : labContainers(docker, lab.name);
  if (names.length === 0) return { items: removals(await containers, names), states: new Map() };
  const [emulations, network, key, found] = await Promise.all([
    findEmulations(docker, lab),
    networkState(docker, lab.name, lab.containers.subnet),
    findLoginKey(lab),
    containers,
  ]);
  const recipes = names.map((name) => containerRecipe(lab, name, emulations.get(name)));
  const kinds = new Map(recipes.map(({ image }) => [JSON.stringify(image), image]));
  const images = new Map(
    await Promise.all([...kinds].map(async ([kind, image]) => [kind, await imageState(docker, image)] as const)),
  );
  const states = recipes.map(({ image, ...container }) => {
    const recipe = images.get(JSON.stringify(image))?.recipe ?? '';
    return [container.name, containerState(found, { ...container, image: { recipe }, network, key })] as const;
  });
  const items: Item[] = [
    ...(docker === undefined ? [{ action: 'create', kind: 'engine', name: 'docker.io' } as const] : []),
    networkItem(network),
    ...[...images.values()].map(({ tag, exists }): Item => {
      return { action: exists ? 'unchanged' : 'create', kind: 'image', name: tag };
    }),
    ...removals(found, names),
  ];
  return { items, states: new Map(states) };
}

export function runningContainers({ states }: ContainerFacts): ReadonlyMap<string, Container> {
  return new Map([...states].flatMap(([name, found]) => (found.state === 'running' ? [[name, found.container]] : [])));
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

/** The plan's line for the container itself. */
export function containerItem(name: string, found: ContainerState): Item {
  const item = { kind: 'container', name };
  switch (found.state) {
    case 'absent':
      return { ...item, action: 'create' };
    case 'stale':
      return { ...item, action: 'change', detail: `create again: ${found.why}` };
    case 'stopped':
      return { ...item, action: 'change', detail: `start: ${found.why}` };
    case 'running':
      return { ...item, action: 'unchanged' };
  }
}

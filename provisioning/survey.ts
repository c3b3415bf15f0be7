import type Docker from 'dockerode';
import { findEmulations } from './docker/emulation.ts';
import { lookAtImage } from './docker/image.ts';
import { lookAtMachine, type MachineLook, unwantedMachines } from './docker/machine.ts';
import { lookAtNetwork } from './docker/network.ts';
import type { Lab } from './lab-file/lab.ts';
import { findLoginKey } from './login-key.ts';
import { machineRecipe } from './machine-maker.ts';
import { containerMachines } from './machines.ts';
import type { Item } from './resources/resource.ts';

/** How the lab's part of the Docker engine stands against the lab file. */
export type Survey = {
  /** Engine, network, images, and machines that the lab file no longer has. */
  readonly items: readonly Item[];
  /** The machines that it has, by name. */
  readonly machines: ReadonlyMap<string, MachineLook>;
};

/**
 * Looks at what the lab has in Docker and what it needs there; `docker` undefined: no engine answers. Changes nothing. Throws a LabError with exit
 * code 2 for a Pi of an architecture that the engine can't run.
 */
export async function surveyMachines(docker: Docker | undefined, lab: Lab): Promise<Survey> {
  const names = containerMachines(lab);
  const unwanted = docker === undefined ? [] : await unwantedMachines(docker, lab.name, names);
  const removed = unwanted.map((name): Item => {
    return { action: 'remove', kind: 'container', name, detail: 'the lab file no longer has it' };
  });
  if (names.length === 0) return { items: removed, machines: new Map() };
  const [emulations, network, key] = await Promise.all([
    findEmulations(docker, lab),
    lookAtNetwork(docker, lab.name, lab.containers.subnet),
    findLoginKey(lab),
  ]);
  const recipes = names.map((name) => machineRecipe(lab, name, emulations.get(name)));
  const images = new Map(
    await Promise.all(
      recipes.map(async ({ image }) => [JSON.stringify(image), await lookAtImage(docker, image)] as const),
    ),
  );
  const looks = recipes.map(async ({ image, ...machine }) => {
    const recipe = images.get(JSON.stringify(image))?.recipe ?? '';
    const look: MachineLook =
      docker === undefined
        ? { state: 'absent' }
        : await lookAtMachine(docker, { ...machine, image: { recipe }, network, key });
    return [machine.name, look] as const;
  });
  const items: Item[] = [
    ...(docker === undefined ? [{ action: 'create', kind: 'engine', name: 'docker.io' } as const] : []),
    networkItem(network),
    ...[...images.values()].map(({ tag, isThere }): Item => {
      return { action: isThere ? 'keep' : 'create', kind: 'image', name: tag };
    }),
    ...removed,
  ];
  return { items, machines: new Map(await Promise.all(looks)) };
}

function networkItem({ name, id, subnet }: Awaited<ReturnType<typeof lookAtNetwork>>): Item {
  const item = { kind: 'network', name };
  if (id !== undefined) return { ...item, action: 'keep', ...(subnet === undefined ? {} : { detail: subnet }) };
  return subnet === undefined
    ? { ...item, action: 'create' }
    : { ...item, action: 'change', detail: `${subnet} is not \`containers.subnet\`` };
}

/** A machine's own line of the plan. */
export function machineItem(name: string, look: MachineLook): Item {
  const item = { kind: 'container', name };
  switch (look.state) {
    case 'absent':
      return { ...item, action: 'create' };
    case 'stale':
      return { ...item, action: 'change', detail: `made anew: ${look.why}` };
    case 'stopped':
      return { ...item, action: 'change', detail: `start: ${look.why}` };
    case 'running':
      return { ...item, action: 'keep' };
  }
}

import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import type { ContainerSpec } from './container-spec.ts';
import type { Image } from './image.ts';
import { HOST_KEY, LOGIN, labFilter, MACHINE, RECIPE } from './labels.ts';
import type { LabNetwork } from './network.ts';

export type Container = {
  readonly name: string;
  readonly created: boolean;
  readonly ssh: SshAddress & { readonly port: number };
  /** Address on the lab's network. */
  readonly address: string;
  /** This machine as seen from the lab's network. */
  readonly gateway: string;
  /** TCP port in the container → port on 127.0.0.1. */
  readonly published: ReadonlyMap<number, number>;
};

/** How a wanted machine's container stands; `stale`: it will be made anew. */
export type ContainerState =
  | { readonly state: 'absent' }
  | { readonly state: 'stale' | 'stopped'; readonly why: string }
  | { readonly state: 'running'; readonly machine: Container };

/** `created`: put together but never started, so perhaps without its keys; `restarting`: its sshd ends again and again. */
export const NEVER_STARTED = ['created', 'restarting', 'dead', 'removing'];

/** All of the lab's containers, running or not, in one question: it has all that is to be known of them. Changes nothing. */
export async function labContainers(docker: Docker, lab: string): Promise<readonly Docker.ContainerInfo[]> {
  return await docker.listContainers({ all: true, filters: labFilter(lab) });
}

/** How a machine's container stands, if it has one; without the network or the key that it is to have, it can only be stale. Pure. */
export function containerState(
  containers: readonly Docker.ContainerInfo[],
  wanted: Omit<ContainerSpec, 'image' | 'network' | 'key'> & {
    readonly image: Pick<Image, 'recipe'>;
    readonly network: { readonly id: string | undefined };
    readonly key: ContainerSpec['key'] | undefined;
  },
): ContainerState {
  const path = `/${containerName(wanted.lab, wanted.name)}`;
  const existing = containers.find(({ Names }) => Names.includes(path));
  if (existing === undefined) return { state: 'absent' };
  const { network, key } = wanted;
  if (network.id === undefined) return { state: 'stale', why: 'its network is another one' };
  if (key === undefined) return { state: 'stale', why: "the lab's key for it is gone" };
  const recipe = recipeOf({ ...wanted, network: { id: network.id }, key });
  if (existing.Labels[RECIPE] !== recipe) return { state: 'stale', why: 'it was made for another lab file' };
  if (NEVER_STARTED.includes(existing.State)) return { state: 'stale', why: `its state is "${existing.State}"` };
  const machine = listedContainer(existing, wanted.name, key.file);
  return machine === undefined || existing.State !== 'running'
    ? { state: 'stopped', why: `its state is "${existing.State}"` }
    : { state: 'running', machine };
}

/** Names of the machines among the lab's containers that are not named in `keep`. */
export function unwantedContainers(containers: readonly Docker.ContainerInfo[], keep: readonly string[]): string[] {
  return containers.map(({ Labels }) => Labels[MACHINE] ?? '').filter((name) => !keep.includes(name));
}

/** The running machines of a lab by name; stopped ones are left out. Changes nothing. */
export async function findContainers(
  docker: Docker,
  lab: string,
  keyFile: string,
): Promise<ReadonlyMap<string, Container>> {
  const containers = await labContainers(docker, lab);
  const machines = containers.flatMap(
    (container) => listedContainer(container, container.Labels[MACHINE] ?? '', keyFile) ?? [],
  );
  return new Map(machines.map((machine) => [machine.name, machine]));
}

function listedContainer(
  { State, Ports, Labels, NetworkSettings }: Docker.ContainerInfo,
  name: string,
  keyFile: string,
): Container | undefined {
  if (!['running', 'paused', 'restarting'].includes(State)) return undefined;
  const published = Ports.flatMap(({ PrivatePort, PublicPort }): [number, number][] =>
    PublicPort === undefined ? [] : [[PrivatePort, PublicPort]],
  );
  const [network] = Object.values(NetworkSettings.Networks);
  return containerOf(Labels, new Map(published), network, { name, keyFile, created: false });
}

/** The machine of a container that was just started. Undefined as long as it does not run, or is not yet on its network. */
export function startedContainer(
  { State, NetworkSettings, Config }: Docker.ContainerInspectInfo,
  name: string,
  keyFile: string,
): Container | undefined {
  if (!State.Running) return undefined;
  const published = Object.entries(NetworkSettings.Ports).flatMap(([port, bindings]): [number, number][] => {
    const host = bindings?.[0]?.HostPort;
    return host === undefined ? [] : [[Number(port.split('/')[0]), Number(host)]];
  });
  const [network] = Object.values(NetworkSettings.Networks);
  return containerOf(Config.Labels, new Map(published), network, { name, keyFile, created: true });
}

function containerOf(
  { [HOST_KEY]: hostKey, [LOGIN]: user }: Readonly<Record<string, string>>,
  published: ReadonlyMap<number, number>,
  network: { readonly IPAddress: string; readonly Gateway: string } | undefined,
  { name, keyFile, created }: { readonly name: string; readonly keyFile: string; readonly created: boolean },
): Container | undefined {
  const port = published.get(22);
  if (port === undefined || hostKey === undefined || user === undefined || !network?.IPAddress) return undefined;
  const ssh = { user, address: '127.0.0.1', port, identity: keyFile, hostKey, isComplete: true } as const;
  return { name, created, ssh, address: network.IPAddress, gateway: network.Gateway, published };
}

export function containerName(lab: string, machine: string): string {
  return `mqtt-lab-${lab}-${machine}`;
}

/** Hash of what a machine's container is made from. */
export function recipeOf({
  image,
  network,
  key,
  ports,
  login,
  name,
}: Pick<ContainerSpec, 'key' | 'ports' | 'login' | 'name'> & {
  readonly image: Pick<Image, 'recipe'>;
  readonly network: Pick<LabNetwork, 'id'>;
}): string {
  const parts = JSON.stringify([image.recipe, network.id, key.publicKey, ports, login, name]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 16);
}

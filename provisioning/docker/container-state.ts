import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import type { SshAddress } from '../../lab-file/ssh-address.ts';
import type { ContainerSpec } from './container-spec.ts';
import type { Image } from './image.ts';
import { HOST_KEY, LOGIN, labFilter, MACHINE, RECIPE } from './labels.ts';
import type { LabNetwork } from './network.ts';

/** A running container of the lab. */
export type Container = {
  /** `broker` or the Pi's name. */
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

/** A container compared with its spec. `stale`: `up` replaces it. */
export type ContainerState =
  | { readonly state: 'absent' }
  | { readonly state: 'stale' | 'stopped'; readonly why: string }
  | { readonly state: 'running'; readonly container: Container };

/** `created`: never started, so perhaps without its keys; `restarting`: its sshd ends again and again. */
export const NEVER_STARTED = ['created', 'restarting', 'dead', 'removing'];

/** All of the lab's containers, running or not, in one request. Changes nothing. */
export async function labContainers(docker: Docker, lab: string): Promise<readonly Docker.ContainerInfo[]> {
  return await docker.listContainers({ all: true, filters: labFilter(lab) });
}

/** A spec without the parts that do not exist yet. */
export type PartialSpec = Omit<ContainerSpec, 'image' | 'network' | 'key'> & {
  readonly image: Pick<Image, 'recipe'>;
  readonly network: { readonly id: string | undefined };
  readonly key: ContainerSpec['key'] | undefined;
};

/** The state of a spec's container; without its network or its key it can only be stale. Pure. */
export function containerState(containers: readonly Docker.ContainerInfo[], spec: PartialSpec): ContainerState {
  const path = `/${containerName(spec.lab, spec.name)}`;
  const existing = containers.find(({ Names }) => Names.includes(path));
  if (existing === undefined) return { state: 'absent' };
  const { network, key } = spec;
  if (network.id === undefined) return { state: 'stale', why: 'its network was removed or replaced' };
  if (key === undefined) return { state: 'stale', why: "the lab's key for it is gone" };
  const recipe = recipeOf({ ...spec, network: { id: network.id }, key });
  if (existing.Labels[RECIPE] !== recipe) return { state: 'stale', why: 'it was created from another lab file' };
  if (NEVER_STARTED.includes(existing.State)) return { state: 'stale', why: `its state is "${existing.State}"` };
  const container = listedContainer(existing, spec.name, key.file);
  return container === undefined || existing.State !== 'running'
    ? { state: 'stopped', why: `its state is "${existing.State}"` }
    : { state: 'running', container };
}

/** Host names of the lab's containers that are not in `wanted`. */
export function unwantedContainers(containers: readonly Docker.ContainerInfo[], wanted: readonly string[]): string[] {
  return containers.map(({ Labels }) => Labels[MACHINE] ?? '').filter((name) => !wanted.includes(name));
}

/** The lab's running containers by host name. Changes nothing. */
export async function findContainers(
  docker: Docker,
  lab: string,
  keyFile: string,
): Promise<ReadonlyMap<string, Container>> {
  const found = await labContainers(docker, lab);
  const running = found.flatMap((info) => listedContainer(info, info.Labels[MACHINE] ?? '', keyFile) ?? []);
  return new Map(running.map((container) => [container.name, container]));
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
  return containerOf(Labels, network, { name, keyFile, created: false, published: new Map(published) });
}

/** A container that was just started; undefined until it runs and is on its network. */
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
  return containerOf(Config.Labels, network, { name, keyFile, created: true, published: new Map(published) });
}

function containerOf(
  { [HOST_KEY]: hostKey, [LOGIN]: user }: Readonly<Record<string, string>>,
  network: { readonly IPAddress: string; readonly Gateway: string } | undefined,
  { keyFile, ...found }: Pick<Container, 'name' | 'created' | 'published'> & { readonly keyFile: string },
): Container | undefined {
  const port = found.published.get(22);
  if (port === undefined || hostKey === undefined || user === undefined || !network?.IPAddress) return undefined;
  const ssh = { user, address: '127.0.0.1', port, identity: keyFile, hostKey, isComplete: true } as const;
  return { ...found, ssh, address: network.IPAddress, gateway: network.Gateway };
}

export function containerName(lab: string, host: string): string {
  return `mqtt-lab-${lab}-${host}`;
}

type RecipeSpec = Pick<ContainerSpec, 'key' | 'ports' | 'login' | 'name'> & {
  readonly image: Pick<Image, 'recipe'>;
  readonly network: Pick<LabNetwork, 'id'>;
};

/** Hash of everything that a container is made from. */
export function recipeOf({ image, network, key, ports, login, name }: RecipeSpec): string {
  const parts = JSON.stringify([image.recipe, network.id, key.publicKey, ports, login, name]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 16);
}

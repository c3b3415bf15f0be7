import { factsFor } from '../provisioning/converge.ts';
import type { Container, ContainerState } from '../provisioning/docker/container-state.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { ensureSudo } from '../provisioning/hosts/sudo.ts';
import { planHost } from '../provisioning/plan-host.ts';
import { type Item, isChange, NO_FACTS } from '../provisioning/resources/resource.ts';
import { type ContainerFacts, containerItem, NO_CONTAINERS, runningContainers } from './container-facts.ts';
import { type Move, movedHosts } from './moved-hosts.ts';
import type { PlannedHost, WantedHost } from './planned-host.ts';

/** What `up` or `down` would do. Disposing of it closes the connections. */
export type LabPlan = AsyncDisposable & {
  /** What the lab needs in Docker beside its containers, and the containers that it no longer needs. */
  readonly docker: readonly Item[];
  readonly hosts: readonly PlannedHost[];
  /** Hosts that the lab file has under another address than before. */
  readonly moved: readonly Move[];
  /** The containers that run, by name. */
  readonly containers: ReadonlyMap<string, Container>;
};

export type PlanOptions = {
  /** Only hosts that are containers wait for it. */
  readonly containers?: Promise<ContainerFacts>;
  readonly signal: AbortSignal;
  readonly open?: typeof openHost;
};

/** Gathers the facts of all hosts, side by side, and plans each. A host out of reach gets an error in place of a plan. Changes nothing. */
export async function planLab(
  wanted: readonly WantedHost[],
  { containers = Promise.resolve(NO_CONTAINERS), signal, open = openHost }: PlanOptions,
): Promise<LabPlan> {
  // the plans below report its failure
  containers.catch(() => undefined);
  if (wanted.some(({ place }) => place.kind === 'local')) await ensureSudo();
  const plans = wanted.map(async (host) => {
    const state = host.place.kind === 'container' ? (await containers).states.get(host.name) : undefined;
    return await planned(host, state, { signal, open });
  });
  const settled = Promise.allSettled(plans);
  try {
    const facts = await containers;
    const all = await Promise.all(plans);
    const moved = await movedHosts(all, signal);
    const isMoved = ({ place }: PlannedHost) => moved.some(({ from }) => from.host === place);
    return {
      docker: facts.items,
      hosts: all.filter((host) => !isMoved(host)),
      moved,
      containers: runningContainers(facts),
      [Symbol.asyncDispose]: () => disconnect(all),
    };
  } catch (error) {
    await disconnect((await settled).flatMap((plan) => (plan.status === 'fulfilled' ? [plan.value] : [])));
    throw error;
  }
}

async function disconnect(hosts: readonly PlannedHost[]): Promise<void> {
  await Promise.all(hosts.map(({ reached }) => reached?.host[Symbol.asyncDispose]()));
}

type Opening = Required<Pick<PlanOptions, 'signal' | 'open'>>;

async function planned(wanted: WantedHost, state: ContainerState | undefined, opening: Opening): Promise<PlannedHost> {
  const begin = performance.now();
  const plan = state === undefined ? undefined : planUnreachable(wanted, state);
  const host = plan ?? (await planReachable(wanted, state, opening));
  return { ...wanted, ...host, gatherMs: performance.now() - begin };
}

type HostPart = Pick<PlannedHost, 'items' | 'steps' | 'reached' | 'error'>;

/** The plan of a container that is not running; undefined for one that is. */
function planUnreachable({ name, resources }: WantedHost, state: ContainerState): HostPart | undefined {
  const own = containerItem(name, state);
  if (state.state === 'running') return undefined;
  if (state.state === 'stopped') return { items: [own, LATER], steps: [] };
  const { items, steps } = planHost(resources, NO_FACTS);
  // in a container that does not exist yet nothing is unchanged
  return { items: [own, ...items.filter(isChange)], steps };
}

async function planReachable(
  { name, place, resources }: WantedHost,
  container: ContainerState | undefined,
  { signal, open }: Opening,
): Promise<HostPart> {
  const own = container === undefined ? [] : [containerItem(name, container)];
  let host: Host | undefined;
  try {
    host = await open(name, addressOf(name, place, container), signal);
    const facts = await factsFor(host, resources, signal);
    const { items, steps } = planHost(resources, facts);
    return { items: [...own, ...items], steps, reached: { host, facts } };
  } catch (error) {
    await host?.[Symbol.asyncDispose]();
    // `up` creates a container that refuses every login again
    if (container !== undefined && host === undefined && !signal.aborted) {
      const item: Item = { ...containerItem(name, container), action: 'change', detail: 'its sshd does not answer' };
      return { items: [item, LATER], steps: [] };
    }
    return { items: own, steps: [], error };
  }
}

function addressOf(name: string, place: WantedHost['place'], container: ContainerState | undefined) {
  if (place.kind !== 'container') return place;
  if (container?.state !== 'running') throw new Error(`the container of ${name} is not running`);
  return { kind: 'ssh', ...container.container.ssh } as const;
}

const LATER: Item = { action: 'unknown', kind: 'host', name: 'what it contains', detail: 'known once it runs' };

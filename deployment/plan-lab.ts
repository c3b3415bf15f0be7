import type Docker from 'dockerode';
import type { ContainerPlace, Lab, LocalPlace, SshPlace } from '../lab-file/lab.ts';
import { brokerHost } from '../mosquitto/broker-host.ts';
import { piHost } from '../pi/pi-host.ts';
import { factsFor } from '../provisioning/converge.ts';
import type { Container, ContainerState } from '../provisioning/docker/container-state.ts';
import type { Host } from '../provisioning/hosts/host.ts';
import { type HostAddress, openHost } from '../provisioning/hosts/open.ts';
import { ensureSudo } from '../provisioning/hosts/sudo.ts';
import { type HostPlan, planHost } from '../provisioning/plan-host.ts';
import type { Facts } from '../provisioning/resources/facts.ts';
import { type Item, isChange, NO_FACTS, type Resource } from '../provisioning/resources/resource.ts';
import type { Visit } from './address-book.ts';
import { brokerHostAddress, hostAddress } from './locate.ts';
import { type Move, movedHosts } from './moved-hosts.ts';
import { labVisits, leftHosts } from './restore-hosts.ts';
import { machineItem, type Survey, surveyMachines } from './survey-containers.ts';

/** A host of the lab as it stands against the lab file. */
export type PlannedHost = HostPlan & {
  /** `broker` or the Pi's name. */
  readonly name: string;
  readonly place: (LocalPlace | ContainerPlace | SshPlace)['kind'];
  readonly resources: readonly Resource[];
  /** The connection that it was looked at over, and what was seen; undefined where its machine does not run, or it could not be looked at. */
  readonly reached: { readonly host: Host; readonly facts: Facts } | undefined;
  /** Whether the lab has touched it and its lab file no longer has it, so that it is given back. */
  readonly isLeft: boolean;
  /** What the address book says of it: nothing of a container, which goes away whole. */
  readonly visit: Visit | undefined;
  /** How long it took to log in and look, with the time that a person took to answer. */
  readonly lookMs: number;
  /** Why there is no plan for it. */
  readonly error?: unknown;
};

/** What `up` would do. Disposing of it closes the connections. */
export type LabPlan = AsyncDisposable & {
  /** What the lab needs in Docker beside its machines, and the machines that it no longer has. */
  readonly docker: readonly Item[];
  readonly hosts: readonly PlannedHost[];
  /** Machines that the lab file has under another address than before. */
  readonly moved: readonly Move[];
  /** The emulated machines that run as wanted. */
  readonly machines: ReadonlyMap<string, Container>;
};

export type PlanOptions = {
  readonly takeOver: boolean;
  /** Names of the hosts to look at; all when left out. */
  readonly only?: readonly string[] | undefined;
  readonly signal: AbortSignal;
};

/**
 * Looks at all hosts of a lab, side by side, and plans what brings them to what the lab file says. Changes nothing. `engine` gives undefined where none
 * answers; only hosts that are containers wait for it.
 */
export async function planLab(
  lab: Lab,
  engine: Promise<Docker | undefined>,
  { takeOver, only, signal }: PlanOptions,
): Promise<LabPlan> {
  const current = hostsOf(lab, takeOver).filter(({ name }) => only?.includes(name) ?? true);
  const wanted = only === undefined ? [...current, ...(await leftHosts(lab))] : current;
  if (wanted.some(({ place }) => place === 'local')) await ensureSudo();
  const surveying = engine.then((docker) => surveyMachines(docker, lab));
  const looks = wanted.map(async (host) => {
    if (host.place !== 'container') return await planned(host, undefined, () => host.address(new Map()), signal);
    const survey = await surveying;
    return await planned(host, survey.machines.get(host.name), () => host.address(running(survey)), signal);
  });
  const settled = Promise.allSettled(looks);
  try {
    const survey = await surveying;
    const seen = await Promise.all(looks);
    const moved = await movedHosts(seen, signal);
    const hosts = seen.filter(({ isLeft, visit }) => !isLeft || !moved.some(({ from }) => from === visit));
    return {
      docker: only === undefined ? survey.items : survey.items.filter(({ action }) => action !== 'remove'),
      hosts,
      moved,
      machines: running(survey),
      [Symbol.asyncDispose]: () => disconnect(seen),
    };
  } catch (error) {
    await disconnect((await settled).flatMap((look) => (look.status === 'fulfilled' ? [look.value] : [])));
    throw error;
  }
}

function running({ machines }: Survey): ReadonlyMap<string, Container> {
  return new Map([...machines].flatMap(([name, look]) => (look.state === 'running' ? [[name, look.machine]] : [])));
}

/** A host and what is to become of it. */
export type WantedHost = Pick<PlannedHost, 'name' | 'place' | 'resources' | 'isLeft' | 'visit'> & {
  readonly address: (machines: ReadonlyMap<string, Container>) => HostAddress;
};

/** The hosts that the lab brings to a state: all but an external broker. */
export function hostsOf(lab: Lab, takeOver: boolean): readonly WantedHost[] {
  const { kind } = lab.broker.host;
  const visits = labVisits(lab);
  const pis = lab.pis.map((pi): WantedHost => {
    const address = (machines: ReadonlyMap<string, Container>) => hostAddress(pi.name, pi.host, machines);
    const visit = visits.find(({ name }) => name === pi.name);
    return { name: pi.name, place: pi.host.kind, resources: piHost(lab, pi), isLeft: false, visit, address };
  });
  if (kind === 'external') return pis;
  const address = (machines: ReadonlyMap<string, Container>) =>
    brokerHostAddress(lab, machines) ?? ({ kind: 'local' } as const);
  const visit = visits.find(({ name }) => name === 'broker');
  const resources = brokerHost(lab, { takeOver });
  return [{ name: 'broker', place: kind, resources, isLeft: false, visit, address }, ...pis];
}

/** Looks at hosts that are no containers, side by side, and plans what brings them to what is wanted. Changes nothing; disposing of it closes the connections. */
export async function planHosts(
  wanted: readonly WantedHost[],
  signal: AbortSignal,
): Promise<AsyncDisposable & Pick<LabPlan, 'hosts'>> {
  if (wanted.some(({ place }) => place === 'local')) await ensureSudo();
  const hosts = await Promise.all(
    wanted.map((host) => planned(host, undefined, () => host.address(new Map()), signal)),
  );
  return { hosts, [Symbol.asyncDispose]: () => disconnect(hosts) };
}

async function disconnect(hosts: readonly PlannedHost[]): Promise<void> {
  await Promise.all(hosts.map(({ reached }) => reached?.host[Symbol.asyncDispose]()));
}

async function planned(...host: Parameters<typeof looked>): Promise<PlannedHost> {
  const begin = performance.now();
  const seen = await looked(...host);
  return { ...seen, lookMs: performance.now() - begin };
}

async function looked(
  { name, place, resources, isLeft, visit }: WantedHost,
  machine: ContainerState | undefined,
  address: () => HostAddress,
  signal: AbortSignal,
): Promise<Omit<PlannedHost, 'lookMs'>> {
  const host = { name, place, resources, isLeft, visit, reached: undefined };
  const own = machine === undefined ? [] : [machineItem(name, machine)];
  if (machine?.state === 'absent' || machine?.state === 'stale') {
    const { items, steps } = planHost(resources, NO_FACTS);
    // of a machine that is not there, nothing is as wanted
    return { ...host, items: [...own, ...items.filter(isChange)], steps };
  }
  if (machine?.state === 'stopped') return { ...host, items: [...own, LATER], steps: [] };
  let reached: Host | undefined;
  try {
    reached = await openHost(name, address(), signal);
    const facts = await factsFor(reached, resources, signal);
    const { items, steps } = planHost(resources, facts);
    return { ...host, items: [...own, ...items], steps, reached: { host: reached, facts } };
  } catch (error) {
    await reached?.[Symbol.asyncDispose]();
    // `up` makes a machine anew that does not let anybody in
    if (machine !== undefined && reached === undefined && !signal.aborted) {
      return { ...host, items: [{ ...machineItem(name, machine), ...SILENT }, LATER], steps: [] };
    }
    return { ...host, items: own, steps: [], error };
  }
}

const SILENT = { action: 'change', detail: 'its sshd does not answer' } as const;
const LATER: Item = { action: 'unknown', kind: 'host', name: 'what is in it', detail: 'seen once it runs' };

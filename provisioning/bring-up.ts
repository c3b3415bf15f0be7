import type Docker from 'dockerode';
import { brokerHost, checkRoom } from '../mosquitto/broker-host.ts';
import { piHost } from '../pi/pi-host.ts';
import { converge } from './converge.ts';
import { findEngine } from './docker/engine.ts';
import { type Machine, removeMachines } from './docker/machine.ts';
import { LabError } from './errors.ts';
import { openHost } from './hosts/open.ts';
import { ensureSudo } from './hosts/sudo.ts';
import type { Lab } from './lab-file/lab.ts';
import { brokerHostAddress, hostAddress } from './locate.ts';
import { machineMaker } from './machine-maker.ts';
import { containerMachines } from './machines.ts';
import type { Tell } from './progress.ts';
import type { Resource } from './resources/resource.ts';

/** How one host came out. */
export type HostOutcome = {
  readonly host: string;
  readonly state: 'ok' | 'changed' | 'failed';
  readonly changes: readonly string[];
  readonly durationMs: number;
  readonly error?: unknown;
};

export type BringUpOptions = { readonly takeOver: boolean; readonly tell: Tell; readonly signal: AbortSignal };

/**
 * Brings every host of the lab to what the lab file says, hosts side by side; a host's steps stop at its first failure, the others go on.
 * `docker` is needed where a host is a container. Gives an outcome for each host and the running machines.
 */
export async function bringUp(
  lab: Lab,
  docker: Docker | undefined,
  { takeOver, tell, signal }: BringUpOptions,
): Promise<{ outcomes: readonly HostOutcome[]; machines: ReadonlyMap<string, Machine> }> {
  const machines = new Map<string, Machine>();
  await removeUnwanted(lab, docker);
  const make = docker === undefined ? undefined : machineMaker(docker, lab, tell, signal);

  const bring = (
    name: string,
    isContainer: boolean,
    address: () => Parameters<typeof openHost>[1],
    resources: readonly Resource[],
  ) =>
    outcome(name, tell, async () => {
      const changes: string[] = [];
      if (isContainer && make !== undefined) {
        tell({ host: name, kind: 'step', text: 'container' });
        const machine = await make(name);
        machines.set(name, machine);
        if (machine.created) {
          changes.push('start the container');
          tell({ host: name, kind: 'changed', text: 'start the container' });
        }
      }
      await using host = await openHost(name, address(), signal);
      return [...changes, ...(await converge(host, resources, tell, signal)).changes];
    });

  const brokerAddress = () => brokerHostAddress(lab, machines) ?? { kind: 'local' as const };
  const broker = lab.broker.host.kind;
  const outcomes = await Promise.all([
    ...(broker === 'external'
      ? []
      : [bring('broker', broker === 'container', brokerAddress, brokerHost(lab, takeOver))]),
    ...lab.pis.map((pi) => {
      const address = () => hostAddress(pi.name, pi.host, machines);
      return bring(pi.name, pi.host.kind === 'container', address, piHost(lab, pi));
    }),
  ]);
  return { outcomes, machines };
}

/** Removes the containers of machines that the lab file no longer wants, also when it wants none any more. */
async function removeUnwanted(lab: Lab, docker: Docker | undefined): Promise<void> {
  const engine = docker ?? (await idleEngine());
  if (engine !== undefined) await removeMachines(engine, lab.name, containerMachines(lab));
}

/** An engine that no host of the lab needs; one that can't be used has nothing of the lab's either. */
async function idleEngine(): Promise<Docker | undefined> {
  const found = await findEngine().catch(() => undefined);
  return found?.state === 'answers' ? found.docker : undefined;
}

/**
 * Asks the broker's host whether there is room for the lab's broker, before any host is touched; on this machine it first makes sure of root.
 * Throws a LabError with exit code 2 when somebody else's broker is in the way. A container broker always has room.
 */
export async function lookForRoom(lab: Lab, takeOver: boolean, signal: AbortSignal): Promise<void> {
  if (lab.broker.host.kind === 'container') return;
  if (lab.broker.host.kind === 'local') await ensureSudo();
  const address = brokerHostAddress(lab, new Map());
  if (address === undefined) return;
  await using host = await openHost('broker', address, signal);
  await checkRoom(lab, takeOver, host, signal);
}

async function outcome(host: string, tell: Tell, work: () => Promise<readonly string[]>): Promise<HostOutcome> {
  const begin = performance.now();
  try {
    const changes = await work();
    const state = changes.length > 0 ? 'changed' : 'ok';
    tell({ host, kind: 'ok', text: state === 'ok' ? 'as wanted' : `${changes.length} changed` });
    return { host, state, changes, durationMs: performance.now() - begin };
  } catch (error) {
    const text = error instanceof LabError ? `${error.trouble.step}: ${error.trouble.happened}` : String(error);
    tell({ host, kind: 'failed', text });
    return { host, state: 'failed', changes: [], durationMs: performance.now() - begin, error };
  }
}

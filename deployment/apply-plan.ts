import type Docker from 'dockerode';
import { LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import type { Lab } from '../lab-file/lab.ts';
import { converge, factsFor } from '../provisioning/converge.ts';
import { removeContainers } from '../provisioning/docker/container.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { planHost } from '../provisioning/plan-host.ts';
import { addVisits, forgetVisits } from './address-book.ts';
import { machineMaker } from './create-machines.ts';
import { locateMachines } from './locate.ts';
import { containerMachines } from './machines.ts';
import type { LabPlan, PlannedHost } from './plan-lab.ts';

/** How one host came out. */
export type HostOutcome = {
  readonly host: string;
  readonly state: 'ok' | 'changed' | 'failed' | 'skipped';
  /** What was changed, also before a failure. */
  readonly changes: readonly string[];
  /** Steps of the plan that a failure left undone, the failed one among them. */
  readonly left: number;
  /** With the look that its plan was made from. */
  readonly durationMs: number;
  readonly error?: unknown;
};

export type BringUpOptions = { readonly report: ReportProgress; readonly signal: AbortSignal };

/**
 * Carries a lab's plan out, hosts side by side; a host's steps stop at its first failure, the others go on.
 * `docker` is needed where a host is a container. Gives an outcome for each host and the running machines.
 */
export async function bringUp(
  lab: Lab,
  plan: LabPlan,
  docker: Docker | undefined,
  { report, signal }: BringUpOptions,
): Promise<{ outcomes: readonly HostOutcome[]; machines: ReadonlyMap<string, Container> }> {
  const machines = new Map(plan.machines);
  if (docker !== undefined && plan.docker.some(({ action }) => action === 'remove')) {
    await removeContainers(docker, lab.name, containerMachines(lab));
  }
  const touched = plan.hosts.filter(({ steps, isLeft }) => steps.length > 0 && !isLeft);
  await addVisits(lab, [...touched.flatMap(({ visit = [] }) => visit), ...plan.moved.map(({ to }) => to)]);
  await forgetVisits(
    lab,
    plan.moved.map(({ from }) => from),
  );
  const make = docker === undefined ? undefined : machineMaker(docker, lab, report, signal);
  const bring = async (host: PlannedHost): Promise<HostOutcome> => {
    if (host.isLeft && host.error !== undefined) return passedOver(host, report);
    if (host.error !== undefined || host.reached !== undefined) return await carryOut(host, { report, signal });
    return await outcome(host, report, async (onChange) => {
      const { name, resources, steps } = host;
      if (make === undefined) throw new Error(`no way to ${name}`);
      report({ host: name, kind: 'step', text: 'container' });
      const machine = await make(name);
      machines.set(name, machine);
      if (machine.created) {
        onChange('start the container');
        report({ host: name, kind: 'changed', text: 'start the container' });
      }
      await using reached = await openHost(name, { kind: 'ssh', ...machine.ssh }, signal);
      const facts = await factsFor(reached, resources, signal);
      const planned = steps.length > 0 ? steps : planHost(resources, facts).steps;
      await converge(reached, resources, { facts, planned, report, signal, onChange });
    });
  };
  const outcomes = await Promise.all(plan.hosts.map(bring));
  if (docker !== undefined && lab.pis.some(({ reboot }) => reboot)) {
    // the ports of a container are others after each start
    for (const [name, machine] of await locateMachines(lab, docker)) machines.set(name, machine);
  }
  const given = plan.hosts.filter(({ isLeft }, index) => isLeft && isDone(outcomes[index]));
  await forgetVisits(
    lab,
    given.flatMap(({ visit = [] }) => visit),
  );
  return { outcomes, machines };
}

/** Carries out the plan of a host that was looked at; one that could not be has failed. */
export async function carryOut(host: PlannedHost, { report, signal }: BringUpOptions): Promise<HostOutcome> {
  return await outcome(host, report, async (onChange) => {
    const { reached, resources, steps } = host;
    if (reached === undefined) throw host.error;
    await converge(reached.host, resources, { facts: reached.facts, planned: steps, report, signal, onChange });
  });
}

/** A machine that the lab no longer has, and that can't be given back now: the lab comes up without it. */
function passedOver({ name: host, lookMs, error }: PlannedHost, report: ReportProgress): HostOutcome {
  const why = error instanceof LabError ? `${error.trouble.step}: ${error.trouble.happened}` : String(error);
  report({
    host,
    kind: 'note',
    text: `is no longer in the lab file, and is not given back: ${why}; the next up tries again`,
  });
  return { host, state: 'skipped', changes: [], left: 0, durationMs: lookMs };
}

export function isDone(outcome: HostOutcome | undefined): boolean {
  return outcome?.state === 'ok' || outcome?.state === 'changed';
}

async function outcome(
  { name: host, steps, lookMs }: PlannedHost,
  report: ReportProgress,
  work: (onChange: (summary: string) => void) => Promise<void>,
): Promise<HostOutcome> {
  const begin = performance.now() - lookMs;
  const changes: string[] = [];
  try {
    await work((summary) => changes.push(summary));
    const state = changes.length > 0 ? 'changed' : 'ok';
    report({ host, kind: 'ok', text: state === 'ok' ? 'unchanged' : `${changes.length} changed` });
    return { host, state, changes, left: 0, durationMs: performance.now() - begin };
  } catch (error) {
    const text = error instanceof LabError ? `${error.trouble.step}: ${error.trouble.happened}` : String(error);
    report({ host, kind: 'failed', text });
    const left = steps.filter(({ change }) => !changes.includes(change.summary)).length;
    return { host, state: 'failed', changes, left, durationMs: performance.now() - begin, error };
  }
}

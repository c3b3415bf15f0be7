import { errorMessage, LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import { converge, factsFor } from '../provisioning/converge.ts';
import type { Container } from '../provisioning/docker/container-state.ts';
import { openHost } from '../provisioning/hosts/open.ts';
import { planHost } from '../provisioning/plan-host.ts';
import { addManagedHosts, type BookOwner, forgetManagedHosts, type ManagedHost } from './address-book.ts';
import type { CreateContainer } from './create-containers.ts';
import type { LabPlan } from './plan-lab.ts';
import type { PlannedHost } from './planned-host.ts';

/** The outcome of one host. */
export type HostOutcome = {
  readonly host: string;
  readonly state: 'ok' | 'changed' | 'failed' | 'skipped';
  /** The changes made, including those before a failure. */
  readonly changes: readonly string[];
  /** How many steps of the plan a failure left undone, the failed one included. */
  readonly left: number;
  /** Gathering the facts for its plan included. */
  readonly durationMs: number;
  readonly error?: unknown;
};

export type ApplyOptions = {
  /** Whose address book the hosts are recorded in. */
  readonly lab: BookOwner;
  /** Needed where a host is a container. */
  readonly createContainer?: CreateContainer | undefined;
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
  readonly open?: typeof openHost;
};

/** Applies a plan, hosts side by side. A host stops at its first failed step; the others go on. Gives the running containers, too. */
export async function applyPlan(
  plan: LabPlan,
  options: ApplyOptions,
): Promise<{ outcomes: readonly HostOutcome[]; containers: ReadonlyMap<string, Container> }> {
  const { lab, createContainer, report } = options;
  const containers = new Map(plan.containers);
  const changed = plan.hosts.filter(({ steps, purpose }) => steps.length > 0 && purpose === 'converge');
  await addManagedHosts(lab, [...changed.flatMap(managedHost), ...plan.moved.map(({ to }) => to)]);
  await forgetManagedHosts(
    lab,
    plan.moved.map(({ from }) => from),
  );
  const apply = async (host: PlannedHost): Promise<HostOutcome> => {
    if (host.purpose === 'restore' && host.error !== undefined) return notRestored(host, report);
    const isCreated = host.place.kind === 'container' && host.reached === undefined && host.error === undefined;
    if (!isCreated) return await applyToHost(host, options);
    return await outcomeOf(host, report, async (onChange) => {
      if (createContainer === undefined) throw new Error(`no Docker engine for ${host.name}`);
      report({ host: host.name, kind: 'step', text: 'container' });
      const container = await createContainer(host.name);
      containers.set(host.name, container);
      if (container.created) {
        const text = 'start the container';
        onChange(text);
        report({ host: host.name, kind: 'changed', text });
      }
      await convergeContainer(host, container, { ...options, onChange });
    });
  };
  const outcomes = await Promise.all(plan.hosts.map(apply));
  await forgetRestored(lab, plan.hosts, outcomes);
  return { outcomes, containers };
}

/** Restores all hosts of a plan, side by side. A host that could not be restored stays in the address book. */
export async function restoreHosts(plan: LabPlan, options: ApplyOptions): Promise<readonly HostOutcome[]> {
  const outcomes = await Promise.all(plan.hosts.map((host) => applyToHost(host, options)));
  await forgetRestored(options.lab, plan.hosts, outcomes);
  return outcomes;
}

/** A host out of reach has failed. */
async function applyToHost(host: PlannedHost, { report, signal }: ApplyOptions): Promise<HostOutcome> {
  return await outcomeOf(host, report, async (onChange) => {
    const { reached, resources, steps } = host;
    if (reached === undefined) throw host.error;
    await converge(reached.host, resources, { facts: reached.facts, planned: steps, report, signal, onChange });
  });
}

async function convergeContainer(
  { name, resources, steps }: PlannedHost,
  { ssh }: Container,
  { report, signal, open = openHost, onChange }: ApplyOptions & { readonly onChange: (summary: string) => void },
): Promise<void> {
  await using host = await open(name, { kind: 'ssh', ...ssh }, signal);
  const facts = await factsFor(host, resources, signal);
  const planned = steps.length > 0 ? steps : planHost(resources, facts).steps;
  await converge(host, resources, { facts, planned, report, signal, onChange });
}

/** A host that the lab file no longer has does not fail `up`. */
function notRestored({ name: host, gatherMs, error }: PlannedHost, report: ReportProgress): HostOutcome {
  const text = `is no longer in the lab file, and could not be restored: ${shortMessage(error)}; the next up tries again`;
  report({ host, kind: 'note', text });
  return { host, state: 'skipped', changes: [], left: 0, durationMs: gatherMs };
}

async function forgetRestored(
  lab: BookOwner,
  hosts: readonly PlannedHost[],
  outcomes: readonly HostOutcome[],
): Promise<void> {
  const isDone = (index: number) => ['ok', 'changed'].includes(outcomes[index]?.state ?? '');
  const restored = hosts.filter(({ purpose }, index) => purpose === 'restore' && isDone(index));
  await forgetManagedHosts(lab, restored.flatMap(managedHost));
}

function managedHost({ name, place }: PlannedHost): readonly ManagedHost[] {
  return place.kind === 'container' ? [] : [{ name, host: place }];
}

async function outcomeOf(
  { name: host, steps, gatherMs }: PlannedHost,
  report: ReportProgress,
  work: (onChange: (summary: string) => void) => Promise<void>,
): Promise<HostOutcome> {
  const begin = performance.now() - gatherMs;
  const changes: string[] = [];
  try {
    await work((summary) => changes.push(summary));
    const state = changes.length > 0 ? 'changed' : 'ok';
    report({ host, kind: 'ok', text: state === 'ok' ? 'unchanged' : `${changes.length} changed` });
    return { host, state, changes, left: 0, durationMs: performance.now() - begin };
  } catch (error) {
    report({ host, kind: 'failed', text: shortMessage(error) });
    const left = steps.filter(({ change }) => !changes.includes(change.summary)).length;
    return { host, state: 'failed', changes, left, durationMs: performance.now() - begin, error };
  }
}

/** The recap prints the whole error. */
function shortMessage(error: unknown): string {
  return error instanceof LabError ? `${error.trouble.step}: ${error.trouble.happened}` : errorMessage(error);
}

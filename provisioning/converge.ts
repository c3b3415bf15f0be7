import { randomBytes } from 'node:crypto';
import { LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import { HOST_LOCK_WAIT_S, withHostLock } from './exclusive.ts';
import { type Host, tryRun } from './hosts/host.ts';
import { planHost, type Step } from './plan-host.ts';
import { FACTS_TIMEOUT_MS, type Facts, gatherFacts, type Query, questions } from './resources/facts.ts';
import { type Change, isChange, type Resource } from './resources/resource.ts';
import { failureOf } from './why-failed.ts';

/** Gathers all facts that a host's resources need, in one round trip. */
export async function factsFor(host: Host, resources: readonly Resource[], signal: AbortSignal): Promise<Facts> {
  return await gatherFacts(host, queriesOf(resources), signal);
}

function queriesOf(resources: readonly Resource[]): readonly Query[] {
  return [...new Set(resources.flatMap((resource) => resource.queries))];
}

export type ConvergeOptions = {
  readonly facts: Facts;
  /** The host's plan as the user saw it: progress names a step by its summary there. */
  readonly planned: readonly Step[];
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
  /** Called after each change. */
  readonly onChange: (summary: string) => void;
};

/**
 * Brings a host to the state that its resources want, in their order. Gathers facts again after each change, since a later
 * resource may depend on it: a broker must load the files that were just replaced. At the end the host's plan must be empty.
 * Throws a LabError at the first change that fails; the next run continues from there.
 */
export async function converge(
  host: Host,
  resources: readonly Resource[],
  { facts: first, planned, report, signal, onChange }: ConvergeOptions,
): Promise<void> {
  let facts = first;
  let reached = host;
  try {
    for (const resource of resources) {
      const { change } = resource.plan(facts, []);
      if (change === undefined) continue;
      const summary = planned.find((step) => step.resource === resource.id)?.change.summary ?? change.summary;
      const { reconnect } = change;
      report({ host: host.name, kind: 'step', text: summary });
      let found: Facts | undefined;
      if (reconnect === undefined) found = await apply(reached, { ...change, summary }, resources, { report, signal });
      else {
        const before = reached;
        reached = await reconnect(before, signal);
        if (before !== host) await before[Symbol.asyncDispose]();
      }
      onChange(summary);
      report({ host: host.name, kind: 'changed', text: summary });
      facts = found ?? (await factsFor(reached, resources, signal));
      requireConverged(host, summary, [resource], facts);
    }
    requireConverged(host, 'check the host after the changes', resources, facts);
  } finally {
    if (reached !== host) await reached[Symbol.asyncDispose]();
  }
}

/** Applies a change and gathers facts, in one round trip. */
async function apply(
  host: Host,
  change: Change,
  resources: readonly Resource[],
  { report, signal }: Pick<ConvergeOptions, 'report' | 'signal'>,
): Promise<Facts> {
  const { summary, advice } = change;
  const { script: facts, read } = questions(queriesOf(resources));
  const mark = `done-${randomBytes(12).toString('hex')}`;
  // no `||` after it, before which the change's own `set -e` has no effect (sh(1))
  const changed = `(\n${(await change.prepare?.(signal)) ?? change.script}\n)\ncode=$?`;
  const script = withHostLock(`${changed}\n[ "$code" = 0 ] || exit "$code"\necho ${mark}\n${facts}`);
  const timeoutMs = change.timeoutMs + HOST_LOCK_WAIT_S * 1000 + FACTS_TIMEOUT_MS;
  let isDone = false;
  const onLine = (text: string) => {
    isDone ||= text === mark;
    if (!isDone) report({ host: host.name, kind: 'detail', text });
  };
  const result = await tryRun(host, {
    step: summary,
    script,
    root: true,
    timeoutMs,
    isRenewedByOutput: true,
    signal,
    onLine,
  });
  if (result.code === 0) return read(result.stdout);
  const explained = change.explain?.(result.stderr);
  if (explained === undefined) throw await failureOf(host, { step: summary, advice, signal }, result);
  throw new LabError({ subject: host.name, step: summary, ...explained }, 'failed');
}

/** Throws a LabError that names what still differs: a change that does not satisfy its own resource would repeat in every run. */
function requireConverged(host: Host, step: string, resources: readonly Resource[], facts: Facts): void {
  const { items, steps } = planHost(resources, facts);
  if (steps.length === 0) return;
  const different = items
    .filter(isChange)
    .map(({ kind, name, detail }) => `${kind} ${name}${detail ? ` (${detail})` : ''}`);
  const happened = `${different.join(', ')} still ${different.length === 1 ? 'differs' : 'differ'} after the change was applied`;
  const advice =
    'run the command again; if it repeats, look for another program on the host that changes the same thing';
  throw new LabError({ subject: host.name, step, happened, advice }, 'failed');
}

import { randomBytes } from 'node:crypto';
import { LabError } from '../base/errors.ts';
import type { ReportProgress } from '../base/progress.ts';
import { LEFT_BEHIND_S, withHostLock } from './exclusive.ts';
import { type Host, stepFailed, tryRun } from './hosts/host.ts';
import { planHost, type Step } from './plan-host.ts';
import { FACTS_TIMEOUT_MS, type Facts, gatherFacts, type Query, questions } from './resources/facts.ts';
import { type Change, isChange, type Resource } from './resources/resource.ts';

/** Asks a host all that its resources want to know, in one round trip. */
export async function factsFor(host: Host, resources: readonly Resource[], signal: AbortSignal): Promise<Facts> {
  return await gatherFacts(host, queriesOf(resources), signal);
}

function queriesOf(resources: readonly Resource[]): readonly Query[] {
  return [...new Set(resources.flatMap((resource) => resource.queries))];
}

export type ConvergeOptions = {
  readonly facts: Facts;
  /** The host's plan as it was shown: a step is told in the plan's words, whatever an earlier one has brought about. */
  readonly planned: readonly Step[];
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
  /** Called after each change that was made. */
  readonly onChange: (summary: string) => void;
};

/**
 * Brings a host to what its resources want, in their order. The host is asked anew after each change, since a later resource may depend on it (a broker
 * must load the files that were just replaced), and at the end its plan must be empty.
 * Throws a LabError at the first change that fails; the next run goes on from there.
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
      if (reconnect === undefined) found = await make(reached, { ...change, summary }, resources, { report, signal });
      else {
        const before = reached;
        reached = await reconnect(before, signal);
        if (before !== host) await before[Symbol.asyncDispose]();
      }
      onChange(summary);
      report({ host: host.name, kind: 'changed', text: summary });
      facts = found ?? (await factsFor(reached, resources, signal));
      refuse(host, summary, [resource], facts);
    }
    refuse(host, 'look at the host again', resources, facts);
  } finally {
    if (reached !== host) await reached[Symbol.asyncDispose]();
  }
}

/** Makes a change and looks at the host again, in one round trip. */
async function make(
  host: Host,
  change: Change,
  resources: readonly Resource[],
  { report, signal }: Pick<ConvergeOptions, 'report' | 'signal'>,
): Promise<Facts> {
  const { summary, advice } = change;
  const { script: look, read } = questions(queriesOf(resources));
  const mark = `done-${randomBytes(12).toString('hex')}`;
  // no `||` after it: the change's own `set -e` would not count (sh(1))
  const changed = `(\n${(await change.prepare?.(signal)) ?? change.script}\n)\ncode=$?`;
  const script = withHostLock(`${changed}\n[ "$code" = 0 ] || exit "$code"\necho ${mark}\n${look}`);
  const timeoutMs = change.timeoutMs + LEFT_BEHIND_S * 1000 + FACTS_TIMEOUT_MS;
  let isMade = false;
  const onLine = (text: string) => {
    isMade ||= text === mark;
    if (!isMade) report({ host: host.name, kind: 'detail', text });
  };
  const result = await tryRun(host, { step: summary, script, root: true, timeoutMs, signal, onLine });
  if (result.code === 0) return read(result.stdout);
  const explained = change.explain?.(result.stderr);
  if (explained === undefined) throw stepFailed(host, summary, result, advice);
  throw new LabError({ subject: host.name, step: summary, ...explained }, 'failed');
}

/** Throws a LabError that names what is still not as wanted: a resource that its own change does not satisfy would change something in every run. */
function refuse(host: Host, step: string, resources: readonly Resource[], facts: Facts): void {
  const { items, steps } = planHost(resources, facts);
  if (steps.length === 0) return;
  const left = items.filter(isChange).map(({ kind, name, detail }) => `${kind} ${name}${detail ? ` (${detail})` : ''}`);
  const happened = `it was done, but ${steps.map(({ resource }) => resource).join(', ')} is still not as wanted: ${left.join(', ')}`;
  throw new LabError({ subject: host.name, step, happened, advice: 'run the command again' }, 'failed');
}

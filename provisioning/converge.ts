import { LabError } from './errors.ts';
import { attempt, type Host, stepFailed } from './hosts/host.ts';
import type { Tell } from './progress.ts';
import { gather } from './resources/facts.ts';
import type { Resource } from './resources/resource.ts';

/**
 * Brings a host to what its resources want, in their order, and gives what was changed. All facts come in one round trip, and
 * what is still to be planned once more after each change, since a later resource may depend on it (a broker must load the files that were just replaced).
 * Throws a LabError at the first change that fails; the next run goes on from there.
 */
export async function converge(
  host: Host,
  resources: readonly Resource[],
  tell: Tell,
  signal: AbortSignal,
): Promise<{ changes: readonly string[] }> {
  const changes: string[] = [];
  const look = (first: number) => {
    const queries = resources.slice(first).flatMap((resource) => resource.queries);
    return gather(host, [...new Set(queries)], signal);
  };
  let facts = await look(0);
  for (const [index, resource] of resources.entries()) {
    const change = resource.plan(facts);
    if (change === undefined) continue;
    tell({ host: host.name, kind: 'step', text: change.summary });
    const { script, timeoutMs, advice } = change;
    const onLine = (text: string) => tell({ host: host.name, kind: 'detail', text });
    const result = await attempt(host, { step: change.summary, script, root: true, timeoutMs, signal, onLine });
    if (result.code !== 0) throw stepFailed(host, change.summary, result, advice);
    changes.push(change.summary);
    tell({ host: host.name, kind: 'changed', text: change.summary });
    facts = await look(index);
    if (resource.plan(facts) !== undefined) {
      const happened = 'it was done, but the host still is not as wanted';
      throw new LabError({ subject: host.name, step: change.summary, happened, advice: 'run the command again' }, 1);
    }
  }
  return { changes };
}

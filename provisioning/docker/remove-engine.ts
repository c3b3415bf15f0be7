import { existsSync } from 'node:fs';
import type { HostReporter } from '../../base/progress.ts';
import { run } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { ensureSudo } from '../hosts/sudo.ts';
import { gatherFacts } from '../resources/facts.ts';
import { recordedPackages } from '../resources/recorded-packages.ts';
import { engineContents } from './contents.ts';
import { type EngineLookup, hasEngine, isOwnSocket } from './engine.ts';
import { TOOLS, TOOLS_QUERY, toolsRecord } from './engine-record.ts';
import { type LocalEngine, labOf, toolsFate } from './engine-removal.ts';
import { END_ENGINE, FORGET_TOOLS, REMOVE_DATA, REMOVE_TOOLS_MS } from './engine-removal-scripts.ts';

/** What `down` did about Docker on this machine, for the user; undefined where the lab had no part in it. */
export type ToolsOutcome =
  | { readonly fate: 'removed'; readonly what: readonly string[]; readonly notes: readonly string[] }
  | { readonly fate: 'stays'; readonly why: string };

/**
 * Takes from this machine what the lab has installed and started for Docker, where nobody else needs it: the engine, mmdebstrap, and what they leave.
 * A run after one that was killed goes on. `confirm` is asked before. Throws a LabError where a step fails.
 */
export async function removeTools(
  found: EngineLookup,
  confirm: (question: string) => Promise<boolean>,
  reporter: Pick<HostReporter, 'step'>,
  signal: AbortSignal,
): Promise<ToolsOutcome | undefined> {
  if (!existsSync(TOOLS)) return undefined;
  const engine = await localEngine(found);
  // nobody is asked for sudo in vain
  const used = labOf(engine);
  if (used !== undefined) return { fate: 'stays', why: used };
  await ensureSudo();
  await using host = localHost('this machine');
  const record = toolsRecord((await gatherFacts(host, [TOOLS_QUERY], signal)).get(TOOLS_QUERY).output);
  if (record === undefined) return undefined;
  const fate = toolsFate(engine, record);
  if (fate.fate === 'stays') return fate;
  const resource = recordedPackages(TOOLS);
  const { items, change } = resource.plan(await gatherFacts(host, resource.queries, signal), []);
  const staying = items.find(({ action, name }) => action === 'unchanged' && name === 'docker.io');
  if (staying !== undefined) return { fate: 'stays', why: `docker.io ${staying.detail}` };
  const packages = items.filter(({ action }) => action === 'remove').map(({ name }) => name);
  const what = [...(fate.engine === 'none' ? [] : ['the Docker engine']), ...packages];
  const question = `Remove what the lab has installed on this machine for Docker (${what.join(', ')})?`;
  if (what.length > 0 && !(await confirm(question))) return { fate: 'stays', why: 'not wanted' };
  if (what.length > 0) reporter.step('remove what the lab has installed for Docker');
  const done = (step: string, script: string, timeoutMs: number) =>
    run(host, { step, script, root: true, timeoutMs, signal });
  const notes: string[] = [];
  if (fate.engine !== 'none') notes.push(...linesOf(await done('end the Docker engine', END_ENGINE, REMOVE_TOOLS_MS)));
  if (change !== undefined) await done(change.summary, change.script, change.timeoutMs);
  if (fate.engine === 'installed') {
    notes.push(...linesOf(await done("remove the Docker engine's data", REMOVE_DATA, REMOVE_TOOLS_MS)));
  }
  await done('forget what was installed', FORGET_TOOLS, REMOVE_TOOLS_MS);
  const kept = items.flatMap(({ action, name, detail }) => (action === 'unchanged' ? [`${name} ${detail}`] : []));
  return { fate: 'removed', what, notes: [...kept, ...notes] };
}

async function localEngine(found: EngineLookup): Promise<LocalEngine> {
  if (!isOwnSocket(found.endpoint)) return { state: 'elsewhere' };
  if (found.state !== 'answers') return { state: hasEngine() ? 'silent' : 'gone' };
  return { state: 'answers', contents: await engineContents(found.docker) };
}

function linesOf({ stdout }: { readonly stdout: string }): readonly string[] {
  return stdout.split('\n').filter((line) => line !== '');
}

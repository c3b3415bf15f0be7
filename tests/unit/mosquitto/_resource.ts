import type { Item, Resource } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';
import { sh } from '../_sh.ts';

/** What a resource plans when its own query, its first, has this output; undefined: the query failed. */
export function planOf(resource: Resource, output?: string, earlier: readonly Item[] = []) {
  const answers = output === undefined ? [] : [[resource.queries[0]?.id ?? '', output] as const];
  return resource.plan(factsOf(new Map(answers)), earlier);
}

/** Items as text: `create file /etc/x`. */
export function itemTexts(items: readonly Item[]): string[] {
  return items.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
}

/** The complaint of `sh -n` about a script; empty where its syntax is right. */
export function syntaxError(script: string | undefined): string {
  const { code, stderr } = sh(`sh -n <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);
  return code === 0 ? '' : `${stderr}\n${script}`;
}

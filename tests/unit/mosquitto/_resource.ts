import type { Item, Resource } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';

/** What a resource plans when its own query, its first, has this output; undefined: the query failed. */
export function planOf(resource: Resource, output?: string, earlier: readonly Item[] = []) {
  const answers = output === undefined ? [] : [[resource.queries[0]?.id ?? '', output] as const];
  return resource.plan(factsOf(new Map(answers)), earlier);
}

/** Items as text: `create file /etc/x`. */
export function itemTexts(items: readonly Item[]): string[] {
  return items.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
}

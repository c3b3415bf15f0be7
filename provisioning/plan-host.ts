import type { Facts } from './resources/facts.ts';
import { type Change, type Item, isChange, type Resource } from './resources/resource.ts';

/** A change of the plan, and the resource that wants it. */
export type Step = { readonly resource: string; readonly change: Change };

/** A host's plan: a line for each thing, and the steps that change the host. */
export type HostPlan = { readonly items: readonly Item[]; readonly steps: readonly Step[] };

/** Plans a host's resources in order; a resource sees what is planned before it. Throws a resource's LabError for what the lab must not change. */
export function planHost(resources: readonly Resource[], facts: Facts): HostPlan {
  const items: Item[] = [];
  const steps: Step[] = [];
  for (const resource of resources) {
    const planned = resource.plan(facts, items.filter(isChange));
    items.push(
      ...planned.items.filter((item) => !items.some(({ kind, name }) => kind === item.kind && name === item.name)),
    );
    if (planned.change !== undefined) steps.push({ resource: resource.id, change: planned.change });
  }
  return { items, steps };
}

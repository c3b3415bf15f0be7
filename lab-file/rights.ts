import type { Rule } from './lab.ts';
import { hasPlaceholder } from './may.ts';
import type { LabShape } from './schema.ts';

/** Every declared user, in a list of rights. */
export const ALL = 'all';

const ACTIONS = ['publish', 'subscribe', 'lastWill'] as const;

export type Groups = Readonly<Record<string, readonly string[]>>;

/** The users behind the names in a list of rights, each once. */
export function usersOf(names: readonly string[], users: readonly string[], groups: Groups): string[] {
  const members = (name: string) =>
    name === ALL ? users : Object.hasOwn(groups, name) ? (groups[name] ?? []) : [name];
  return [...new Set(names.flatMap(members))];
}

/** The rules of a lab file, in its order. */
export function rulesOf({ users, groups, topics }: Pick<LabShape, 'users' | 'groups' | 'topics'>): Rule[] {
  const resolve = (names: readonly string[]) => usersOf(names, Object.keys(users), groups);
  return Object.entries(topics).map(([filter, rights]) => ({
    filter,
    publish: resolve(rights.publish),
    subscribe: resolve(rights.subscribe),
    lastWill: resolve(rights.lastWill),
    deny: resolve(rights.deny),
    patterns: ACTIONS.filter((action) => hasPlaceholder(filter) && rights[action].includes(ALL)),
  }));
}

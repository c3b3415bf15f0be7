import { didYouMean } from '../base/nearest.ts';
import type { Draft } from './draft.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import { ALL } from './rights.ts';

type Name = { readonly path: Path; readonly name: string; readonly earlier: readonly (string | undefined)[] };

/** A group that shares a user's name, names in groups that are no users, and names that are given twice. */
export function groupMistakes({ users, groups }: Draft): Mistake[] {
  const declared = Object.keys(users ?? {});
  const members = Object.entries(groups ?? {}).flatMap(([group, names]) => listed(['groups', group], names));
  const isGroup = (name: string) =>
    !declared.includes(name) && (name === ALL || Object.keys(groups ?? {}).includes(name));
  const clashes = Object.keys(groups ?? {}).filter((group) => declared.includes(group));
  return [
    ...clashes.map((group): Mistake => {
      return { ...mistake(['groups', group], 'has the name of a user; another name is allowed'), at: 'key' };
    }),
    ...members.flatMap(({ path, name }) => (isGroup(name) ? [nested(path, name)] : [])),
    ...undeclared(
      members.filter(({ name }) => !isGroup(name)),
      declared,
      [],
    ),
    ...twice(members),
  ];
}

/** Names in rights that are neither users nor groups, and names that are given twice. */
export function nameMistakes({ users, groups, topics }: Draft): Mistake[] {
  const names = Object.entries(topics ?? {}).flatMap(([topic, rights]) =>
    Object.entries(rights ?? {}).flatMap(([right, list]) => listed(['topics', topic, right], list)),
  );
  return [...undeclared(names, Object.keys(users ?? {}), [...Object.keys(groups ?? {}), ALL]), ...twice(names)];
}

/** Names that are neither of the users nor of the others that are allowed. Silent where the users themselves have a mistake. */
function undeclared(names: readonly Name[], users: readonly string[], others: readonly string[]): Mistake[] {
  if (users.length === 0) return [];
  const groups = others.filter((name) => name !== ALL);
  const what = groups.length === 0 ? 'user' : 'user or group';
  const declared = `declared users: ${users.join(', ')}${groups.length === 0 ? '' : `; groups: ${groups.join(', ')}`}`;
  const known = [...users, ...others];
  return names.flatMap(({ path, name }) => {
    if (known.includes(name)) return [];
    const hint = didYouMean(name, known);
    return [mistake(path, `names the undeclared ${what} ${JSON.stringify(name)}${hint}; ${declared}`)];
  });
}

function nested(path: Path, name: string): Mistake {
  return mistake(path, `names the group ${JSON.stringify(name)}; names of users are allowed`);
}

function twice(names: readonly Name[]): Mistake[] {
  return names.flatMap(({ path, name, earlier }) =>
    earlier.includes(name) ? [mistake(path, `names ${JSON.stringify(name)} again; each name once is allowed`)] : [],
  );
}

function listed(path: Path, names: readonly (string | undefined)[] = []): Name[] {
  return names.flatMap((name, index) =>
    name === undefined ? [] : [{ path: [...path, index], name, earlier: names.slice(0, index) }],
  );
}

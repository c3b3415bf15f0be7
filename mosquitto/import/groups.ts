import { groupName } from '../../lab-file/forms.ts';
import type { Topics } from './rights.ts';

const RIGHTS = ['publish', 'subscribe', 'deny'] as const;

/** Rights in the lists of lab.yaml. */
export type WrittenRights = Partial<Readonly<Record<(typeof RIGHTS)[number], readonly string[]>>>;
export type Grouped = {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly topics: ReadonlyMap<string, WrittenRights>;
};

/** Puts users who share all their rights into a group. Rights of `all` stay as they are. */
export function grouped(topics: Topics, users: readonly string[]): Grouped {
  const alike = new Map<string, string[]>();
  for (const user of users) {
    const own = rightsOf(topics, user);
    if (own !== '') alike.set(own, [...(alike.get(own) ?? []), user]);
  }
  const groups = new Map<string, readonly string[]>();
  for (const members of alike.values()) {
    const name = members.length > 1 ? freeName(`like-${members[0]}`, [...users, ...groups.keys()]) : undefined;
    if (name !== undefined) groups.set(name, members);
  }
  const written = [...topics].map(([filter, rights]) => {
    const lists = RIGHTS.flatMap((right) => {
      const names = withGroups(rights[right], groups);
      return names.length === 0 ? [] : [[right, names] as const];
    });
    return [filter, Object.fromEntries(lists)] as const;
  });
  return { groups, topics: new Map(written) };
}

/** The user's own rights as text, to compare. */
function rightsOf(topics: Topics, user: string): string {
  return [...topics]
    .flatMap(([filter, rights]) =>
      RIGHTS.filter((right) => rights[right].has(user)).map((right) => `${right} ${filter}`),
    )
    .join('\n');
}

function freeName(wanted: string, taken: readonly string[]): string | undefined {
  const names = [wanted, ...taken.map((_, index) => `${wanted}-${index + 2}`)];
  const free = names.find((name) => !taken.includes(name));
  return free !== undefined && groupName.safeParse(free).success ? free : undefined;
}

function withGroups(names: ReadonlySet<string>, groups: Grouped['groups']): string[] {
  const groupOf = (name: string) => [...groups].find(([, members]) => members.includes(name))?.[0] ?? name;
  return [...new Set([...names].map(groupOf))];
}

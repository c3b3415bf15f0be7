import type { Draft } from './draft.ts';
import { hasPlaceholder } from './may.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import { ALL, type Groups, usersOf } from './rights.ts';

type Right = { readonly path: Path; readonly right: string; readonly names: readonly string[] };

/** Rights on `$SYS`, `%u` and `%c` that Mosquitto cannot give as the lab file says (mosquitto.conf(5), acl_file). */
export function placeholderMistakes({ users, groups, topics }: Draft): Mistake[] {
  const declared = Object.keys(users ?? {});
  const members: Groups = Object.fromEntries(
    Object.entries(groups ?? {}).map(([group, names = []]) => [group, names.filter((name) => name !== undefined)]),
  );
  return Object.entries(topics ?? {}).flatMap(([filter, rights]) => {
    const path = ['topics', filter];
    const given = Object.entries(rights ?? {}).flatMap(([right, names = []]): Right[] => {
      const known = names.filter((name) => name !== undefined);
      return known.length === 0 ? [] : [{ path: [...path, right], right, names: known }];
    });
    const concerned = given.flatMap(({ names }) => usersOf(names, declared, members));
    return [
      ...partialLevels(path, filter),
      ...(filter.startsWith('$SYS') ? given.flatMap(brokersOwn) : []),
      ...(filter.split('/').includes('%c') ? given.flatMap(clientRight) : []),
      ...[...new Set(concerned)].flatMap((user) => unusableName(path, filter, user)),
    ];
  });
}

/** Mosquitto 2.0 replaces `%u` and `%c` also inside a level of a pattern, 2.1 and a `topic` line do not. */
function partialLevels(path: Path, filter: string): Mistake[] {
  // %c3 and its like are bytes of an encoded URL
  const inside = hasPlaceholder(filter) ? /%[uc]/ : /%u|%c(?![\dA-Fa-f])/;
  const level = filter.split('/').find((each) => each.length > 2 && inside.test(each));
  if (level === undefined) return [];
  return [
    keyed(path, `has %u or %c inside the level ${JSON.stringify(level)}; alone between slashes they are allowed`),
  ];
}

function brokersOwn({ path, right }: Right): Mistake[] {
  if (right !== 'publish' && right !== 'lastWill') return [];
  return [mistake(path, 'is impossible below $SYS, where the broker alone publishes; subscribe and deny are allowed')];
}

function clientRight({ path, right, names }: Right): Mistake[] {
  if (right === 'deny') {
    const reason = "Mosquitto would look at a user's own rules before it denies a client id";
    return [mistake(path, `is impossible with %c: ${reason}; publish, subscribe and lastWill are allowed`)];
  }
  if (names.includes(ALL)) return [];
  return [mistake(path, "names users, but Mosquitto's rules for client ids are for every user; [all] is allowed")];
}

/** Names that change the meaning of a filter, or to which Mosquitto applies no pattern (security_default.c). */
function unusableName(path: Path, filter: string, user: string): Mistake[] {
  const levels = filter.split('/');
  const name = JSON.stringify(user);
  if (levels.includes('%u') && (/[+#/]/.test(user) || (levels[0] === '%u' && user.startsWith('$')))) {
    return [
      keyed(
        path,
        `puts the user name ${name} into a filter, where +, #, / and a first $ have a meaning; other user names are allowed`,
      ),
    ];
  }
  if (!levels.includes('%c') || !/[+#]/.test(user)) return [];
  return [
    keyed(
      path,
      `gives nothing to the user ${name}: Mosquitto applies no pattern to a name with + or #; other user names are allowed`,
    ),
  ];
}

function keyed(path: Path, wrong: string): Mistake {
  return { ...mistake(path, wrong), at: 'key' };
}

import { overlap } from '../../base/topic.ts';
import { topicFilter } from '../../lab-file/forms.ts';
import { filterFor, hasPlaceholder } from '../../lab-file/may.ts';
import { ALL } from '../../lab-file/rights.ts';
import type { AclRule } from './acl.ts';
import { type Note, noteAt } from './note.ts';

/** The rights on a filter, by users and `all`, as lab.yaml has them. */
export type TopicRights = {
  readonly publish: Set<string>;
  readonly subscribe: Set<string>;
  readonly deny: Set<string>;
};
export type Topics = ReadonlyMap<string, TopicRights>;

export type FoundRights = { readonly topics: Topics; readonly notes: readonly Note[] };

/** The rights of every user on a broker without an ACL file. */
export const UNLIMITED: FoundRights = {
  topics: new Map([
    ['#', { publish: new Set([ALL]), subscribe: new Set([ALL]), deny: new Set() }],
    ['$SYS/#', { publish: new Set(), subscribe: new Set([ALL]), deny: new Set() }],
  ]),
  notes: [],
};

/** The rights of an ACL file in the words of lab.yaml. What these cannot say is a note. */
export function rightsOf(rules: readonly AclRule[], users: readonly string[]): FoundRights {
  const topics = new Map<string, TopicRights>();
  const notes: Note[] = [];
  const strangers = new Set<string>();
  for (const rule of rules) {
    const wrong = mistakeIn(rule) ?? (rule.kind === 'pattern' ? patternMistake(rule, users) : undefined);
    if (rule.kind === 'topic' && rule.user === undefined) {
      notes.push(noteAt(rule, 'a right of anonymous clients; only users have rights in lab.yaml'));
    } else if (rule.user !== undefined && !users.includes(rule.user)) {
      const name = JSON.stringify(rule.user);
      if (!strangers.has(name)) notes.push(noteAt(rule, `the rights of ${name}, who is not a user of lab.yaml`));
      strangers.add(name);
    } else if (wrong !== undefined) notes.push(noteAt(rule, wrong));
    else {
      const names = rule.user === undefined ? namesOf(rule, users) : [rule.user];
      if (rule.kind === 'pattern') notes.push(...patternNotes(rule, rules, users).map((text) => noteAt(rule, text)));
      add(topics, rule, names);
    }
  }
  return { topics, notes };
}

function add(topics: Map<string, TopicRights>, { access, filter }: AclRule, names: readonly string[]): void {
  // Mosquitto lets no client publish below $SYS, whatever the rule
  const writes = (access === 'write' || access === 'readwrite') && !filter.startsWith('$SYS');
  const reads = access === 'read' || access === 'readwrite';
  if (names.length === 0 || !(writes || reads || access === 'deny')) return;
  const rights = topics.get(filter) ?? { publish: new Set(), subscribe: new Set(), deny: new Set() };
  topics.set(filter, rights);
  for (const name of names) {
    if (writes) rights.publish.add(name);
    if (reads) rights.subscribe.add(name);
    if (access === 'deny') rights.deny.add(name);
  }
}

function mistakeIn({ kind, filter }: AclRule): string | undefined {
  const shown = JSON.stringify(filter);
  const [issue] = topicFilter.safeParse(filter).error?.issues ?? [];
  if (issue !== undefined || filter === '__proto__') return `the filter ${shown} ${issue?.message ?? 'is not allowed'}`;
  if (kind === 'topic') {
    if (!/%u|%c(?![\dA-Fa-f])/.test(filter) && !hasPlaceholder(filter)) return undefined;
    return `%u and %c in ${shown} are plain text in a topic line; in lab.yaml they stand for names`;
  }
  const isInside = filter.split('/').some((level) => level.length > 2 && /%[uc]/.test(level));
  return isInside ? `%u or %c inside a level of ${shown}; in lab.yaml they are a level of their own` : undefined;
}

/** Mosquitto applies no pattern to a user with + or # in the name (security_default.c). */
function namesOf({ filter }: AclRule, users: readonly string[]): readonly string[] {
  const usable = users.filter((name) => !/[+#]/.test(name) && !isMisfit(filter, name));
  return usable.length === users.length ? [ALL] : usable;
}

/** Why lab.yaml cannot have the pattern at all. */
function patternMistake({ access, filter }: AclRule, users: readonly string[]): string | undefined {
  if (!filter.split('/').includes('%c')) return undefined;
  if (access === 'deny') return 'a pattern that denies by client id';
  // lab.yaml gives a right with %c to every user, or to none
  const odd = users.find((name) => /[+#]/.test(name) || isMisfit(filter, name));
  return odd === undefined ? undefined : `a pattern with %c beside the user ${JSON.stringify(odd)}`;
}

/** What of a pattern lab.yaml says differently. */
function patternNotes(pattern: AclRule, rules: readonly AclRule[], users: readonly string[]): string[] {
  const misfits = users.filter((name) => !/[+#]/.test(name) && isMisfit(pattern.filter, name));
  const hit = pattern.access === 'deny' ? grantBefore(pattern, rules, users) : undefined;
  return [
    ...misfits.map((name) => `%u for the user ${JSON.stringify(name)}, whose name would change the filter`),
    ...(hit === undefined
      ? []
      : [
          `denies ${JSON.stringify(hit.user)} also what line ${hit.line} allows: in lab.yaml deny wins over every right`,
        ]),
  ];
}

/** Whether `%u` as this name would change the filter. */
function isMisfit(filter: string, name: string): boolean {
  if (!filter.split('/').includes('%u')) return false;
  return name.includes('/') || (filter.startsWith('%u') && name.startsWith('$'));
}

/** A user's own right on topics of a pattern that denies: Mosquitto looks at the user's own rights first. */
function grantBefore({ filter }: AclRule, rules: readonly AclRule[], users: readonly string[]): AclRule | undefined {
  return rules.find(({ kind, user, access, filter: own }) => {
    if (kind === 'pattern' || user === undefined || access === 'deny' || !users.includes(user)) return false;
    return overlap(filterFor(filter, { user }) ?? '', own);
  });
}

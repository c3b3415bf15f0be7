import { covers, topicMistake } from '../../base/topic.ts';
import type { Lab, Rule } from '../../lab-file/lab.ts';
import { filterFor, hasPlaceholder } from '../../lab-file/may.ts';
import { insideFilter, OWN_LEVEL } from '../../lab-file/topics.ts';
import { otherCase } from '../harness/other-case.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

type Rights = Pick<Lab, 'users' | 'rules' | 'topics'>;

/** How many users stand for `%u`. */
const MOST_USERS = 3;
/** A lab of many users tries fewer topics, since each user tries each of them. */
export const MOST_EDGES = 200;
const LEAST_EDGES = 20;
/** Topics times users. */
const MOST_COMBINATIONS = 600;

/** Topics at the edges of filters, and how many more there are. */
export type Edges = { readonly topics: readonly string[]; readonly leftOut: number };

/**
 * Topics at the edges of the filters in lab.yaml, where a rule that is too wide or too narrow shows: one level more and one
 * less, a sibling of each level, another user's, where two filters overlap, and so on. Those of `lab.topics` are not among
 * them. A topic of an external broker may be in use unless it has a word of the lab's own, so others are left out there.
 */
export function boundaryTopics(lab: Rights, brokerKind: BrokerKind): Edges {
  const filters = [...new Set(lab.rules.filter(isWide).flatMap((rule) => filtersOf(lab, rule)))];
  const all = lab.rules.flatMap((rule) => filtersOf(lab, rule));
  const declared = lab.topics.map(({ name }) => name);
  const isTried = (topic: string) =>
    topicMistake(topic) === undefined &&
    !topic.startsWith('$SYS') &&
    !declared.includes(topic) &&
    (brokerKind === 'lab' || topic.includes(OWN_LEVEL));
  // overlaps first, since only few filters overlap
  const around = filters.map((one) =>
    [...all.flatMap((other) => overlapOf(one, other)), ...edgesOf(one)].filter(isTried),
  );
  const topics = [...new Set(inTurn(around))];
  const most = Math.min(MOST_EDGES, Math.max(LEAST_EDGES, Math.floor(MOST_COMBINATIONS / lab.users.length)));
  return { topics: topics.slice(0, most), leftOut: Math.max(0, topics.length - most) };
}

/** Below $SYS the broker alone publishes. */
function isWide({ filter }: Rule): boolean {
  if (filter.startsWith('$SYS')) return false;
  return /(^|\/)[+#](\/|$)/.test(filter) || hasPlaceholder(filter);
}

/** The rule's filters for some users, also one without a right. A rule with `%c` has a check of its own. */
function filtersOf({ users }: Rights, { filter, publish, subscribe, lastWill }: Rule): string[] {
  if (!hasPlaceholder(filter)) return [filter];
  const given = [...publish, ...subscribe, ...lastWill];
  // a name with one of these makes another filter
  const others = users.map(({ name }) => name).filter((name) => !given.includes(name) && !/[+#/]|^\$/.test(name));
  const tried = [...new Set([...given.slice(0, MOST_USERS - 1), ...others, ...given])].slice(0, MOST_USERS);
  return tried.flatMap((user) => filterFor(filter, { user }) ?? []);
}

/** Inside the filter and around it. */
function edgesOf(filter: string): string[] {
  const inside = insideFilter(filter);
  const written = filter.split('/');
  const levels = inside.split('/');
  const withLevel = (at: number, level: string) => levels.map((own, index) => (index === at ? level : own)).join('/');
  return [
    inside,
    `${inside}/${OWN_LEVEL}`,
    ...(levels.length > 1 ? [levels.slice(0, -1).join('/')] : []),
    ...written.flatMap((level, at) => (/^[+#]$/.test(level) ? [] : [withLevel(at, `${level}-${OWN_LEVEL}`)])),
    ...written.flatMap((level, at) => (level === '+' ? [withLevel(at, '')] : [])),
    `${inside}/`,
    ...written.flatMap((level, at) => (/^[+#]?$/.test(level) ? [] : [withLevel(at, otherCase(level))])).slice(0, 1),
    ...(/^[+#]/.test(filter) ? [`$${inside}`] : []),
  ];
}

/** A topic that both filters cover. */
function overlapOf(one: string, other: string): string[] {
  const [left, right] = [one.split('/'), other.split('/')];
  const isOpen = (level: string | undefined) => level === undefined || level === '#' || level === '+';
  const topic = insideFilter(
    Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
      isOpen(left[index]) ? (right[index] ?? left[index]) : left[index],
    ).join('/'),
  );
  return one !== other && covers(one, topic) && covers(other, topic) ? [topic] : [];
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}

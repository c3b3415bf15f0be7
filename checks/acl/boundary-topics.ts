import { covers } from '../../base/topic.ts';
import type { Lab, Rule } from '../../lab-file/lab.ts';
import { filterFor, hasPlaceholder } from '../../lab-file/may.ts';
import { insideFilter, OWN_LEVEL } from '../../lab-file/topics.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

type Rights = Pick<Lab, 'users' | 'rules' | 'topics'>;

/** How many users stand for `%u`. */
const MOST_USERS = 3;
/** How many topics of a large lab are tried. */
export const MOST_BOUNDARIES = 200;

/**
 * Topics at the edges of the filters in lab.yaml, where a rule that is too wide or too narrow shows: a level more and
 * less, a sibling at each level, another user's, where two filters meet, and so on. Those of `lab.topics` are not among
 * them. On an external broker a topic without the lab's own level may belong to others, so it is left out.
 */
export function boundaryTopics(lab: Rights, brokerKind: BrokerKind): string[] {
  const filters = [...new Set(lab.rules.filter(isWide).flatMap((rule) => filtersOf(lab, rule)))];
  const all = lab.rules.flatMap((rule) => filtersOf(lab, rule));
  const topics = [
    ...filters.flatMap(edgesOf),
    ...filters.flatMap((one) => all.flatMap((other) => meetingOf(one, other))),
  ];
  const declared = lab.topics.map(({ name }) => name);
  const isTried = (topic: string) =>
    topic !== '' &&
    !topic.startsWith('$SYS') &&
    !declared.includes(topic) &&
    (brokerKind === 'lab' || topic.includes(OWN_LEVEL));
  return [...new Set(topics)].filter(isTried).slice(0, MOST_BOUNDARIES);
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
  const others = users.map(({ name }) => name).filter((name) => !given.includes(name));
  const tried = [...new Set([...given.slice(0, MOST_USERS - 1), ...others, ...given])].slice(0, MOST_USERS);
  return tried.flatMap((user) => filterFor(filter, { user }) ?? []);
}

/** Inside the filter and around it. */
function edgesOf(filter: string): string[] {
  const inside = insideFilter(filter);
  const fixed = filter.split('/').filter((level) => level !== '#');
  const levels = inside.split('/');
  return [
    inside,
    `${inside}/`,
    `${inside}/${OWN_LEVEL}`,
    ...(levels.length > 1 ? [levels.slice(0, -1).join('/')] : []),
    ...fixed.flatMap((level, index) => (level === '+' ? [] : [siblingAt(levels, index)])),
    otherCase(filter, levels),
    ...(/^[+#]/.test(filter) ? [`$${inside}`] : []),
  ];
}

function siblingAt(levels: readonly string[], index: number): string {
  return levels.map((level, at) => (at === index ? `${level}-${OWN_LEVEL}` : level)).join('/');
}

/** The topic with its first fixed level in the other case; itself where there is none. */
function otherCase(filter: string, levels: readonly string[]): string {
  const index = filter.split('/').findIndex((level) => level !== '+' && level !== '#' && level !== '');
  const flip = (level: string) => (level === level.toUpperCase() ? level.toLowerCase() : level.toUpperCase());
  return levels.map((level, at) => (at === index ? flip(level) : level)).join('/');
}

/** A topic that both filters cover. */
function meetingOf(one: string, other: string): string[] {
  const [left, right] = [one.split('/'), other.split('/')];
  const isOpen = (level: string | undefined) => level === undefined || level === '#' || level === '+';
  const topic = insideFilter(
    Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
      isOpen(left[index]) ? (right[index] ?? left[index]) : left[index],
    ).join('/'),
  );
  return one !== other && covers(one, topic) && covers(other, topic) ? [topic] : [];
}

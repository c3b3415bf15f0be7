import fc from 'fast-check';
import { stringify } from 'yaml';
import { topicMistake } from '../../../base/topic.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { filterFor } from '../../../lab-file/may.ts';
import { read } from '../../unit/lab-file/_reading.ts';

/** A client of a random lab. */
export type RuledClient = { readonly user: string; readonly clientId: string };

/** Each random lab has some of these users, with two clients each. Their ids are those that might gain a client more rights. */
export const CLIENTS: readonly RuledClient[] = [
  { user: 'hall', clientId: 'c1' },
  { user: 'hall', clientId: 'kitchen' },
  { user: 'kitchen', clientId: 'c/2' },
  { user: 'kitchen', clientId: 'c+' },
  { user: 'Hall', clientId: '$SYS' },
  { user: 'Hall', clientId: '#' },
  { user: 'a/b c', clientId: '%u' },
  { user: 'a/b c', clientId: 'b' },
  { user: 'x+y', clientId: 'a' },
  { user: '%c', clientId: '+' },
];

/** Those that die with a last will. With the id of another client they would take over its connection. */
const WILL_OWNERS: readonly RuledClient[] = [
  { user: 'hall', clientId: 'w1' },
  { user: 'kitchen', clientId: 'w/2' },
  { user: 'kitchen', clientId: 'w+' },
  { user: 'Hall', clientId: '$SYSw' },
  { user: 'a/b c', clientId: '%uw' },
  { user: 'x+y', clientId: 'w' },
  { user: '%c', clientId: 'w#' },
];

const USERS = [...new Set(CLIENTS.map(({ user }) => user))];
/** Those that `%u` allows. */
const PLAIN_USERS = USERS.filter((user) => !/[+/]/.test(user));
const LEVELS = ['a', 'b', 'A', '', '+', '+', '%u', '%u', '%c', 'hall', 'c1'];
const BROKERS_OWN = ['$SYS/#', '$SYS/broker/+', '$SYS/broker/version', '$SYS/+/version', '$SYS'];

const filters: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.array(fc.constantFrom(...LEVELS), { minLength: 0, maxLength: 4 }), fc.constantFrom(true, false, false))
      .map(([levels, isOpen]) => [...levels, ...(isOpen || levels.join('') === '' ? ['#'] : [])].join('/')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...BROKERS_OWN) },
);

/** The text of a lab file with 2 to 4 users, up to 2 groups and 1 to 6 filters. */
const texts: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.subarray(PLAIN_USERS, { minLength: 2, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.subarray(USERS, { minLength: 2, maxLength: 4 }) },
    ),
    fc.array(fc.array(fc.nat(3), { maxLength: 3 }), { maxLength: 2 }),
  )
  .chain(([users, members]) => {
    const groups = members.map((each) => [...new Set(each.flatMap((index) => users[index] ?? []))]);
    const names = ['all', ...groups.map((_, index) => `group ${index}`), ...users];
    const few = fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 2, arbitrary: fc.constant<string[]>(['all']) },
      { weight: 4, arbitrary: fc.subarray(names, { minLength: 1, maxLength: 2 }) },
    );
    const deny = fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: few });
    const rights = fc.record({ publish: few, subscribe: few, lastWill: few, deny });
    return fc
      .uniqueArray(fc.tuple(filters, rights), { minLength: 1, maxLength: 6, selector: ([filter]) => filter })
      .map((topics) => {
        return stringify({
          name: 'random',
          users: Object.fromEntries(users.map((user) => [user, { password: 'x' }])),
          groups: Object.fromEntries(groups.map((group, index) => [`group ${index}`, group])),
          topics: Object.fromEntries(topics.map(([filter, given]) => [filter, possible(filter, given)])),
        });
      });
  });

type Rights = {
  readonly publish: string[];
  readonly subscribe: string[];
  readonly lastWill: string[];
  readonly deny: string[];
};

/** The rights that a lab file may give on the filter. */
function possible(filter: string, { publish, subscribe, lastWill, deny }: Rights): Partial<Rights> {
  if (filter.startsWith('$')) return { subscribe, deny };
  if (!filter.split('/').includes('%c')) return { publish, subscribe, lastWill, deny };
  const all = (names: readonly string[]) => (names.length === 0 ? [] : ['all']);
  return { publish: all(publish), subscribe: all(subscribe), lastWill: all(lastWill) };
}

/** The text of a random lab file without a mistake. */
export const labTexts: fc.Arbitrary<string> = texts.filter((text) => read(text).lab !== undefined);

export type RuleSet = {
  readonly lab: Lab;
  readonly clients: readonly RuledClient[];
  readonly willOwners: readonly RuledClient[];
};

export function ruleSetOf(text: string): RuleSet {
  const { lab, mistakes } = read(text);
  if (lab === undefined) throw new Error(mistakes.join('\n'));
  const users = lab.users.map(({ name }) => name);
  const ofTheLab = ({ user }: RuledClient) => users.includes(user);
  return { lab, clients: CLIENTS.filter(ofTheLab), willOwners: WILL_OWNERS.filter(ofTheLab) };
}

/** Topics at the boundaries of every filter, for every client: at most so many, of all filters. */
export function boundaryTopics({ lab, clients, willOwners }: RuleSet, most: number): string[] {
  const all = [...clients, ...willOwners];
  const own = lab.rules.flatMap(({ filter }) => all.flatMap((client) => filterFor(filter, client) ?? []));
  const near = [...new Set(own)].flatMap(around);
  const found = [...new Set(near)].filter((topic) => topicMistake(topic) === undefined);
  return found.filter(
    (_, index) => Math.floor((index * most) / found.length) !== Math.floor(((index - 1) * most) / found.length),
  );
}

/** Topics inside a filter and next to it. */
function around(filter: string): string[] {
  const levels = filter.replace(/\/?#$/, '').split('/');
  const inside = levels.map((level) => (level === '+' ? 'x' : level));
  const siblings = inside.map((_, index) => inside.map((level, other) => (other === index ? `${level}-` : level)));
  const topics = [inside, inside.slice(0, -1), [...inside, 'x'], [...inside, 'x', 'x'], ['x', ...inside], ...siblings];
  const topic = inside.join('/');
  const empty = levels.map((level) => (level === '+' ? '' : level)).join('/');
  const dollar = [`$x/${topic}`, `$SYS/${topic}`];
  return [...topics.map((each) => each.join('/')), `${topic}/`, `/${topic}`, empty, swapCase(topic), ...dollar];
}

function swapCase(topic: string): string {
  return topic === topic.toUpperCase() ? topic.toLowerCase() : topic.toUpperCase();
}

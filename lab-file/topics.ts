import type { Lab, Rule, Topic } from './lab.ts';
import { filterFor, may, type TopicAction } from './may.ts';

type Rights = Pick<Lab, 'users' | 'rules'>;

/** A level of the lab's own, where a filter has a wildcard. */
export const OWN_LEVEL = 'mqtt-lab';

/**
 * A topic of each rule, with the rights by all rules. A rule below `$` has none, nor has one with `%c`, whose topics follow
 * from client ids.
 */
export function topicsOf(lab: Rights): Topic[] {
  const names = lab.rules.flatMap((rule) => insideOf(lab, rule));
  return [...new Set(names)].map((name) => topicAt(lab, name));
}

/** The rights at a topic; the users of its own rule come first. */
export function topicAt(lab: Rights, name: string): Topic {
  const rule = lab.rules.find(({ filter }) => filter === name);
  const given = (action: TopicAction) => {
    const all = new Set([...(rule?.[action] ?? []), ...lab.users.map((user) => user.name)]);
    return [...all].filter((user) => may(lab, user, action, name));
  };
  return { name, publish: given('publish'), subscribe: given('subscribe'), lastWill: given('lastWill') };
}

function insideOf({ users }: Rights, { filter, publish, subscribe, lastWill }: Rule): string[] {
  const user = [...publish, ...subscribe, ...lastWill, ...users.map(({ name }) => name)][0] ?? '';
  const own = filterFor(filter, { user });
  return own === undefined || own.startsWith('$') ? [] : [insideFilter(own)];
}

/** A topic that the filter covers. */
export function insideFilter(filter: string): string {
  return filter
    .split('/')
    .map((level) => (level === '+' || level === '#' ? OWN_LEVEL : level))
    .join('/');
}

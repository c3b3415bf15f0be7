import { covers, topicMistake } from '../base/topic.ts';
import type { Lab, Rule } from './lab.ts';

export type TopicAction = 'publish' | 'subscribe' | 'lastWill';
type Rights = Pick<Lab, 'users' | 'rules'>;

/** A client that wants something: its user, and its id where that is known. */
type Who = { readonly user: string; readonly clientId?: string | undefined };

/**
 * Whether lab.yaml gives the user this right on the topic; false for an undeclared topic or user, and for a filter. Without a
 * client id, rules with `%c` give nothing.
 */
export function may(lab: Rights, user: string, action: TopicAction, topic: string, clientId?: string): boolean {
  const isDeclared = lab.users.some(({ name }) => name === user);
  if (!isDeclared || topicMistake(topic) !== undefined) return false;
  if (action !== 'subscribe' && isBrokersOwn(topic)) return false;
  const matching = lab.rules.filter((rule) => appliesTo(rule, { user, clientId }, topic));
  if (matching.some(({ deny }) => deny.includes(user))) return false;
  // Mosquitto applies no pattern to such a client (security_default.c)
  const hasWildcard = /[+#]/.test(clientId ?? '');
  return matching.some((rule) => rule[action].includes(user) && !(hasWildcard && rule.patterns.includes(action)));
}

/**
 * Whether Mosquitto lets the user write to the topic: with `publish` or `lastWill`. It publishes a will under its owner's
 * write permission, and an ACL file cannot grant one without the other.
 */
export function writes(lab: Rights, user: string, topic: string, clientId?: string): boolean {
  return may(lab, user, 'publish', topic, clientId) || may(lab, user, 'lastWill', topic, clientId);
}

/** Where a user may publish only because of `lastWill`, in the order of the file. */
export function willWidens({ rules }: Pick<Lab, 'rules'>): { readonly user: string; readonly topic: string }[] {
  const filterOf = (rule: Rule, user: string) => filterFor(rule.filter, { user, clientId: '%c' }) ?? rule.filter;
  return rules.flatMap((rule) =>
    rule.lastWill.flatMap((user) => {
      const topic = filterOf(rule, user);
      const wider = rules.filter((other) => covers(filterOf(other, user), topic));
      const isSaid = wider.some(({ publish, deny }) => publish.includes(user) || deny.includes(user));
      return isSaid ? [] : [{ user, topic }];
    }),
  );
}

export function hasPlaceholder(filter: string): boolean {
  return filter.split('/').some((level) => level === '%u' || level === '%c');
}

/** The filter for a client; undefined where its id is needed and unknown, as where the broker chooses it. */
export function filterFor(filter: string, { user, clientId }: Who): string | undefined {
  if (!filter.includes('%')) return filter;
  const levels = filter.split('/');
  if (levels.includes('%c') && (clientId ?? '') === '') return undefined;
  return levels.map((level) => (level === '%u' ? user : level === '%c' ? clientId : level)).join('/');
}

function appliesTo(rule: Rule, who: Who, topic: string): boolean {
  const filter = filterFor(rule.filter, who);
  return filter !== undefined && covers(filter, topic);
}

/** Where Mosquitto lets no client publish, whatever its rules (security.c, acl__check_dollar). */
function isBrokersOwn(topic: string): boolean {
  return /^\$(SYS|share)/.test(topic);
}

import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab, Topic, User } from '../../lab-file/lab.ts';
import { may, writes } from '../../lab-file/may.ts';
import { type Check, type Factors, idWord, type NamedCheck, notApplicable } from './check.ts';
import type { TestLab } from './test-lab.ts';

/** A user who may subscribe to the topic; undefined: none. */
export function observerOf(lab: Lab, topic: string): User | undefined {
  return lab.users.find(({ name }) => may(lab, name, 'subscribe', topic));
}

/** A user whose messages to the topic the broker accepts: preferably one that lab.yaml lists under `publish`. */
export function publisherOf(lab: Lab, topic: string): User | undefined {
  return (
    lab.users.find(({ name }) => may(lab, name, 'publish', topic)) ??
    lab.users.find(({ name }) => writes(lab, name, topic))
  );
}

export type Role = 'publisher' | 'subscriber';

/** The owner of a last will on the topic: preferably one who may also publish, or subscribe, as the role needs. */
export function willOwner(lab: Lab, topic: Topic, role: Role): User | undefined {
  const owners = lab.users.filter(({ name }) => topic.lastWill.includes(name));
  const action = role === 'publisher' ? 'publish' : 'subscribe';
  return owners.find(({ name }) => may(lab, name, action, topic.name)) ?? owners[0];
}

/** A topic with a user who may publish and one who may subscribe. */
export type TopicRoles = { readonly topic: string; readonly publisher: User; readonly subscriber: User };

/** The reason to skip a check that needs `TopicRoles`. */
export const NO_TOPIC_ROLES = 'lab.yaml has no topic with both a publisher and a subscriber';

/** The reason to skip a check that needs a user. */
export const NO_USER = 'lab.yaml declares no user';

/** The first topic whose rights allow both roles; undefined: none. */
export function topicRoles(lab: Lab): TopicRoles | undefined {
  for (const { name: topic } of lab.topics) {
    const publisher = lab.users.find(({ name }) => may(lab, name, 'publish', topic));
    const subscriber = observerOf(lab, topic);
    if (publisher !== undefined && subscriber !== undefined) return { topic, publisher, subscriber };
  }
  return undefined;
}

/** A check for each Pi, or one skipped check where the lab has none. */
export function onEachPi(
  { live }: TestLab,
  check: NamedCheck,
  make: (pi: LivePi, check: NamedCheck) => Check,
): Check[] {
  if (live.pis.length === 0) return [notApplicable(check, 'lab.yaml declares no Pi')];
  return live.pis.map((pi) =>
    make(pi, {
      ...check,
      ...(check.factors === undefined ? {} : { factors: onHost(check.factors, pi.name) }),
      id: `${check.id}.${idWord(pi.name)}`,
      claim: `${check.claim} (on ${pi.name})`,
      host: pi.name,
    }),
  );
}

/** The factors of a check on a host: what its first group has varies with the host. */
export function onHost([first, ...others]: Factors, host: string): Factors {
  return [{ ...first, host }, ...others];
}

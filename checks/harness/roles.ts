import type { LivePi } from '../../deployment/live-lab.ts';
import type { Lab, Topic, User } from '../../lab-file/lab.ts';
import { may, writes } from '../../lab-file/may.ts';
import { type Check, type NamedCheck, notApplicable, word } from './check.ts';
import type { TestLab } from './test-lab.ts';

/** A user who may see what is published to the topic; undefined: nobody may. */
export function observerOf(lab: Lab, topic: string): User | undefined {
  return lab.users.find(({ name }) => may(lab, name, 'subscribe', topic));
}

/** A user whose messages to the topic the broker takes; one who may publish rather than one who only may leave a last will. */
export function publisherOf(lab: Lab, topic: string): User | undefined {
  return (
    lab.users.find(({ name }) => may(lab, name, 'publish', topic)) ??
    lab.users.find(({ name }) => writes(lab, name, topic))
  );
}

export type Role = 'publisher' | 'subscriber';

/** Who leaves a last will on the topic in a role: one who may also publish, or subscribe, where there is such a user. */
export function willOwner(lab: Lab, topic: Topic, role: Role): User | undefined {
  const owners = lab.users.filter(({ name }) => topic.lastWill.includes(name));
  const action = role === 'publisher' ? 'publish' : 'subscribe';
  return owners.find(({ name }) => may(lab, name, action, topic.name)) ?? owners[0];
}

/** The first topic that somebody may publish and somebody may subscribe, with both. */
export function topicRoles(lab: Lab): { topic: string; publisher: User; subscriber: User } | undefined {
  for (const { name: topic } of lab.topics) {
    const publisher = lab.users.find(({ name }) => may(lab, name, 'publish', topic));
    const subscriber = observerOf(lab, topic);
    if (publisher !== undefined && subscriber !== undefined) return { topic, publisher, subscriber };
  }
  return undefined;
}

/** A check for each Pi, or one that says that there is none. */
export function onEachPi(
  { live }: TestLab,
  check: NamedCheck,
  make: (pi: LivePi, check: NamedCheck) => Check,
): Check[] {
  if (live.pis.length === 0) return [notApplicable(check, 'lab.yaml declares no Pi')];
  return live.pis.map((pi) =>
    make(pi, { ...check, id: `${check.id}.${word(pi.name)}`, claim: `${check.claim} (on ${pi.name})`, host: pi.name }),
  );
}

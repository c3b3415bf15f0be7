import type { Lab } from './lab.ts';

export type TopicAction = 'publish' | 'subscribe' | 'lastWill';

/** Whether lab.yaml gives the user this right on the topic; false for an undeclared topic or user. */
export function may(lab: Lab, user: string, action: TopicAction, topic: string): boolean {
  if (!lab.users.some(({ name }) => name === user)) return false;
  return lab.topics.find(({ name }) => name === topic)?.[action].includes(user) ?? false;
}

/**
 * Whether Mosquitto lets the user write to the topic: with `publish` or `lastWill`. It publishes a will under its owner's
 * write permission, and an ACL file cannot grant one without the other.
 */
export function writes(lab: Lab, user: string, topic: string): boolean {
  return may(lab, user, 'publish', topic) || may(lab, user, 'lastWill', topic);
}

/** Where `lastWill` lets a user publish although `publish` does not name them, in the order of the file. */
export function willWidens(lab: Lab): { readonly user: string; readonly topic: string }[] {
  return lab.topics.flatMap(({ name: topic, lastWill }) =>
    lastWill.filter((user) => !may(lab, user, 'publish', topic)).map((user) => ({ user, topic })),
  );
}

import type { Lab, Topic, User } from '../../../provisioning/lab-file/lab.ts';
import { observerOf, publisherOf, type Role, willOwner } from './cast.ts';

export const ROLES: readonly Role[] = ['publisher', 'subscriber'];

export type WillCast = {
  readonly topic: string;
  readonly role: Role;
  /** Whose last will it is. */
  readonly owner: User;
  readonly observer: User;
  /** Who publishes the sentinel. */
  readonly publisher: User;
};

export type WillCasting =
  | { readonly kind: 'cast'; readonly cast: WillCast }
  | { readonly kind: 'nobody'; readonly reason: string };

/** The people of a last will on the topic, or why nobody can play it. */
export function castWill(lab: Lab, topic: Topic, role: Role): WillCasting {
  const owner = willOwner(lab, topic, role);
  const observer = observerOf(lab, topic.name);
  const publisher = publisherOf(lab, topic.name);
  if (observer === undefined) {
    return { kind: 'nobody', reason: `nobody may subscribe to ${topic.name}, so nobody would see the last will` };
  }
  if (owner === undefined || publisher === undefined) return { kind: 'nobody', reason: `${topic.name} has no writer` };
  return { kind: 'cast', cast: { topic: topic.name, role, owner, observer, publisher } };
}

/** The first topic with a last will that somebody may observe; undefined: there is none. */
export function anyWillCast(lab: Lab): WillCast | undefined {
  for (const topic of lab.topics) {
    const casting = castWill(lab, topic, 'publisher');
    if (topic.lastWill.length > 0 && casting.kind === 'cast') return casting.cast;
  }
  return undefined;
}

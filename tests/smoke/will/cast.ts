import type { Lab, Topic, User } from '../../../provisioning/lab-file/lab.ts';
import { may } from '../../../provisioning/lab-file/may.ts';
import { observerOf, publisherOf, type Role, willOwner } from '../support/cast.ts';

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

/** Who acts, for a claim: where nobody with a last will may publish, it is a client with a last will and no publisher. */
export function actorOf(lab: Lab, topic: Topic, role: Role): string {
  const owner = willOwner(lab, topic, role);
  const isOne = role === 'subscriber' || (owner !== undefined && may(lab, owner.name, 'publish', topic.name));
  return isOne
    ? `a ${role} on ${topic.name}`
    : `a client with a last will on ${topic.name}, which may not publish there,`;
}

/** The people of a last will on the topic, or why nobody can play it. */
export function castWill(lab: Lab, topic: Topic, role: Role): WillCasting {
  const owner = willOwner(lab, topic, role);
  const observer = observerOf(lab, topic.name);
  const publisher = publisherOf(lab, topic.name);
  if (observer === undefined) {
    return { kind: 'nobody', reason: `nobody may subscribe to ${topic.name}, so nobody would see the last will` };
  }
  if (owner === undefined || publisher === undefined) return { kind: 'nobody', reason: `${topic.name} has no writer` };
  // a subscription that is refused may end the connection, and leaves no subscriber
  if (role === 'subscriber' && !may(lab, owner.name, 'subscribe', topic.name)) {
    return { kind: 'nobody', reason: `nobody with a last will on ${topic.name} may subscribe to it` };
  }
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

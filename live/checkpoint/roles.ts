import type { Lab } from '../../lab-file/lab.ts';
import { may, writes } from '../../lab-file/may.ts';
import type { Step } from '../protocol.ts';

/** Who does what in the steps of this lab. */
export type Roles = {
  readonly publisher: string;
  readonly subscriber: string;
  readonly topic: string;
};

/** Someone whose message or subscription has no effect, beside those for whom it has. */
export type Denied = Roles & { readonly kind: 'publish' | 'subscribe'; readonly outsider: string };

type Rights = Pick<Lab, 'users' | 'rules' | 'topics'>;

/** A publisher and a subscriber of one topic; two users where there are, and with rights to a last will. */
export function rolesIn(lab: Rights): Roles | undefined {
  const all = pairs(lab);
  const isWilled = mayBothLeaveWills(lab);
  const two = all.filter(({ publisher, subscriber }) => publisher !== subscriber);
  return two.find(isWilled) ?? two[0] ?? all.find(isWilled) ?? all[0];
}

/** Those for last wills of both sides, also of one user; `roles` where no subscriber has the right. */
export function willRolesIn(lab: Rights, roles: Roles): Roles & { readonly wills: NonNullable<Step['wills']> } {
  const isWilled = mayBothLeaveWills(lab);
  const chosen = isWilled(roles) ? roles : (pairs(lab).find(isWilled) ?? roles);
  const { topic } = chosen;
  const publisher = lab.users.map(({ name }) => name).filter((user) => writes(lab, user, topic));
  return {
    ...chosen,
    wills: { publisher, subscriber: publisher.filter((user) => may(lab, user, 'subscribe', topic)) },
  };
}

function mayBothLeaveWills(lab: Rights): (roles: Roles) => boolean {
  return ({ publisher, subscriber, topic }) => [publisher, subscriber].every((user) => writes(lab, user, topic));
}

/** A user whose publishing has no effect, or else one whose subscription has none. */
export function deniedIn(lab: Rights): Denied | undefined {
  const names = lab.users.map(({ name }) => name);
  const without = (kind: Denied['kind'], may: (user: string, topic: string) => boolean): Denied[] =>
    pairs(lab).flatMap((roles) => {
      const outsider = names.find((name) => !may(name, roles.topic));
      return outsider === undefined ? [] : [{ ...roles, kind, outsider }];
    });
  const [publishing] = without('publish', (user, topic) => writes(lab, user, topic));
  const [subscribing] = without('subscribe', (user, topic) => may(lab, user, 'subscribe', topic));
  return publishing ?? subscribing;
}

function pairs(lab: Rights): Roles[] {
  const names = lab.users.map(({ name }) => name);
  return lab.topics.flatMap(({ name: topic }) => {
    const publishers = names.filter((name) => may(lab, name, 'publish', topic));
    const subscribers = names.filter((name) => may(lab, name, 'subscribe', topic));
    return publishers.flatMap((publisher) => subscribers.map((subscriber) => ({ publisher, subscriber, topic })));
  });
}

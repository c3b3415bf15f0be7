import type { Lab, Topic } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { SubjectOf } from '../../records/subject.ts';
import { clientText, ROLES, type WillRoles, willRolesFor } from '../fixtures/will-roles.ts';
import { type Check, idWord, type NamedCheck, notApplicable } from '../harness/check.ts';
import { mqttVersion, overOf, tagOf } from '../harness/protocol.ts';
import type { Role } from '../harness/roles.ts';

/** A topic with last wills, and the role of the will's owner. */
export type WillCase = { readonly topic: Topic; readonly role: Role };

export function willCases(topics: readonly Topic[]): WillCase[] {
  return topics.flatMap((topic) => ROLES.map((role) => ({ topic, role })));
}

/** What ends the owner's connection, and what follows, as the end of a claim. */
export type WillCause = { readonly name: SubjectOf<'last will'>['cause']; readonly does: string };

/** Names the check of a cause; over one version, or on each host. */
export function namedWill(
  lab: Lab,
  { topic, role }: WillCase,
  { name, does }: WillCause,
  version?: Version,
): NamedCheck {
  const subject = { kind: 'last will', cause: name, role, topic: topic.name } as const;
  const id = `will.${name}.${role}.${idWord(topic.name)}` as const;
  const claim = `${clientText(lab, topic, role)} that ${does}`;
  // what a cause leads to does not depend on the topic
  const factors = [
    { cause: name, role, version: version ?? 'on each host' },
    { role, topic: topic.name },
  ];
  if (version === undefined) return { id, subject, claim, factors };
  return {
    factors,
    id: `${id}.${tagOf(version)}`,
    subject: { ...subject, version: mqttVersion(version) },
    claim: `${claim}, ${overOf(version)}`,
  };
}

/** The checks with their roles, or a skipped one where no user can take them. */
export function withRoles<Checks extends Check | Check[]>(
  lab: Lab,
  { topic, role }: WillCase,
  named: NamedCheck,
  make: (roles: WillRoles) => Checks,
): Check | Checks {
  const found = willRolesFor(lab, topic, role);
  return found.kind === 'none' ? notApplicable(named, found.reason) : make(found.roles);
}

import { userName } from '../../lab-file/forms.ts';
import { canUse } from '../../lab-file/listeners.ts';
import type { AclRule } from './acl.ts';
import type { WrittenListener } from './listeners.ts';
import { type Note, noteAt, type SourceFile } from './note.ts';
import { usersOf } from './passwd.ts';

/** How a user logs in. */
export type WaysIn = { readonly hasPassword: boolean; readonly hasCertificate: boolean };

/** Longest common name of a certificate (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;

/**
 * The users of the password file. Where a listener requires certificates, each has one; where its common name is the user, so
 * have the users of the ACL file.
 * @param listeners those that this machine reaches
 */
export function peopleOf(
  file: SourceFile | undefined,
  rules: readonly AclRule[],
  listeners: readonly WrittenListener[],
): { readonly users: ReadonlyMap<string, WaysIn>; readonly notes: readonly Note[] } {
  const passwd = file === undefined ? { users: [], notes: [] } : usersOf(file);
  const tls = listeners.map(
    (listener) => listener.tls && ({ clients: 'none', identity: 'password', ...listener.tls } as const),
  );
  const isRequired = tls.some((each) => each?.clients === 'required');
  const isNamed = tls.some((each) => each?.identity === 'common-name');
  const named = isNamed ? rules.flatMap(({ user }) => (user !== undefined && canBeNamed(user) ? [user] : [])) : [];
  const ways = (name: string) => {
    return { hasPassword: passwd.users.includes(name), hasCertificate: isRequired && canBeNamed(name) };
  };
  const all = new Map([...passwd.users, ...named].map((name) => [name, ways(name)]));
  const isIn = (way: WaysIn) => tls.some((each) => canUse({ tls: each }, way));
  const out = [...all].flatMap(([name, way]) => (isIn(way) ? [] : [JSON.stringify(name)]));
  const notes = out.map((name) => noteAt({ file: file?.path ?? '' }, `the user ${name} has no listener to log in at`));
  return { users: new Map([...all].filter(([, way]) => isIn(way))), notes: [...passwd.notes, ...notes] };
}

function canBeNamed(name: string): boolean {
  return name !== '__proto__' && userName.safeParse(name).success && [...name].length <= LONGEST_NAME;
}

import type { Secret } from '../../base/secret.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { LOGIN_ATTEMPTS } from '../../records/subject.ts';
import { idWord } from '../harness/check.ts';
import type { DeviationName } from '../harness/deviations.ts';
import { nonce } from '../harness/messages.ts';
import { otherCase } from '../harness/other-case.ts';
import { overOf, tagOf, VERSIONS } from '../harness/protocol.ts';

/** A login, and whether the broker must accept it by lab.yaml. */
export type LoginCase = {
  readonly kind: (typeof LOGIN_ATTEMPTS)[number];
  /** The rest of the check's id, such as `v311.sam`. */
  readonly name: string;
  readonly version: Version;
  readonly isAccepted: boolean;
  /** Whose way to the broker the client takes, and whose certificate it shows where one is needed. */
  readonly as: User;
  readonly claim: string;
  readonly login?: { readonly user: string; readonly password?: string };
  /** Whether every host of the lab tries the login, not only this machine. */
  readonly isEverywhere: boolean;
  /** The user whose login is wrong in some way; absent for strangers. */
  readonly wrongly?: { readonly user: string; readonly attempt: string };
  /** The known deviation of Mosquitto versions that accept the login. */
  readonly deviation?: DeviationName;
};

/** A wrong password or user name. */
type WrongWord = {
  /** In the check's id. */
  readonly how: string;
  /** In the claim. */
  readonly words: string;
  readonly text: string;
  readonly deviation?: DeviationName;
};

type Member = User & { readonly password: Secret };

/**
 * Each user with the right password, and every kind of wrong login, over both protocol versions.
 * @param may whether a user may log in with a password at all
 */
export function loginCases(lab: Pick<Lab, 'users'>, may: (user: User) => boolean = () => true): LoginCase[] {
  const users = lab.users.filter((user): user is Member => user.password !== undefined && may(user));
  return VERSIONS.flatMap((version) => [
    ...users.flatMap((user) => userCases(users, user, version)),
    ...users.slice(0, 1).flatMap((user) => strangerCases(user, version)),
  ]);
}

function userCases(users: readonly Member[], user: Member, version: Version): LoginCase[] {
  const [tag, over] = [tagOf(version), overOf(version)];
  const { name } = user;
  const password = user.password.reveal();
  const refused = { version, isAccepted: false, isEverywhere: false, as: user } as const;
  return [
    {
      kind: 'accepted',
      name: `${tag}.${idWord(name)}`,
      version,
      isAccepted: true,
      isEverywhere: true,
      as: user,
      claim: `the broker accepts ${name} with the right password ${over}`,
      login: { user: name, password },
    },
    {
      ...refused,
      kind: 'wrong-password',
      name: `${tag}.${idWord(name)}`,
      isEverywhere: true,
      claim: `the broker refuses ${name} with a wrong password ${over}`,
      login: { user: name, password: `not-${nonce()}` },
      wrongly: { user: name, attempt: 'wrong password' },
    },
    {
      ...refused,
      kind: 'no-password',
      name: `${tag}.${idWord(name)}`,
      isEverywhere: true,
      claim: `the broker refuses ${name} without a password ${over}`,
      login: { user: name },
      wrongly: { user: name, attempt: 'no password' },
    },
    ...wrongPasswords(users, user).map(({ how, words, text, deviation }) => ({
      ...refused,
      kind: 'wrong-password' as const,
      name: `${tag}.${idWord(name)}.${how}`,
      claim: `the broker refuses ${name} with ${words} ${over}`,
      login: { user: name, password: text },
      wrongly: { user: name, attempt: words },
      ...(deviation === undefined ? {} : { deviation }),
    })),
    ...wrongNames(users, name).map(({ how, words, text }) => ({
      ...refused,
      kind: 'unknown-user' as const,
      name: `${tag}.${idWord(name)}.${how}`,
      claim: `the broker refuses ${name}'s password with ${words} ${over}`,
      login: { user: text, password },
      wrongly: { user: name, attempt: words },
    })),
  ];
}

/** Passwords that a careless comparison would accept, except one that happens to be right. */
function wrongPasswords(users: readonly Member[], { name, password }: Member): WrongWord[] {
  const right = password.reveal();
  const other = users.map((user) => user.password.reveal()).find((text) => text !== right);
  const ways: WrongWord[] = [
    { how: 'empty', words: 'an empty password', text: '' },
    { how: 'shorter', words: 'the password without its last character', text: [...right].slice(0, -1).join('') },
    { how: 'longer', words: 'the password plus one character', text: `${right}x` },
    { how: 'case', words: 'the password in the other letter case', text: otherCase(right) },
    { how: 'space', words: 'the password plus a space', text: `${right} ` },
    { how: 'newline', words: 'the password plus a line feed', text: `${right}\n` },
    // a password is binary data, not a C string (MQTT 3.1.1, 3.1.3.5)
    {
      how: 'nul',
      words: 'the password plus a NUL and a character',
      text: `${right}\0x`,
      deviation: 'a password ends at its first NUL',
    },
    { how: 'user-name', words: 'the user name as password', text: name },
    ...(other === undefined ? [] : [{ how: 'other-user', words: "another user's password", text: other }]),
  ];
  const seen = new Set([right]);
  return ways.filter(({ how, text }) => {
    if (seen.has(text) || (how === 'nul' && right.includes('\0'))) return false;
    seen.add(text);
    return true;
  });
}

function wrongNames(users: readonly Member[], name: string): WrongWord[] {
  const ways: WrongWord[] = [
    { how: 'case', words: 'the name in the other letter case', text: otherCase(name) },
    { how: 'space', words: 'the name plus a space', text: `${name} ` },
    { how: 'longer', words: 'the name plus one character', text: `${name}x` },
    { how: 'empty', words: 'an empty name', text: '' },
  ];
  return ways.filter(({ text }) => !users.some((user) => user.name === text));
}

function strangerCases(user: Member, version: Version): LoginCase[] {
  const [tag, over] = [tagOf(version), overOf(version)];
  // a real user's password, so that only the name is wrong
  const password = user.password.reveal();
  const refused = { version, isAccepted: false, isEverywhere: true, as: user } as const;
  return [
    {
      ...refused,
      kind: 'unknown-user',
      name: tag,
      claim: `the broker refuses a user whom lab.yaml does not declare ${over}`,
      login: { user: `nobody-${nonce()}`, password },
    },
    { ...refused, kind: 'anonymous', name: tag, claim: `the broker refuses a client without a user name ${over}` },
  ];
}

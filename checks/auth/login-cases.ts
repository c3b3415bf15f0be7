import type { Lab, User } from '../../lab-file/lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { LOGIN_ATTEMPTS } from '../../records/subject.ts';
import { word } from '../harness/check.ts';
import type { DeviationName } from '../harness/deviations.ts';
import { nonce } from '../harness/messages.ts';

/** Somebody who knocks at the broker, and whether lab.yaml lets them in. */
export type LoginCase = {
  readonly kind: (typeof LOGIN_ATTEMPTS)[number];
  /** Rest of the check's id, such as `v311.sam`. */
  readonly name: string;
  readonly version: Version;
  readonly isIn: boolean;
  readonly claim: string;
  readonly login?: { readonly user: string; readonly password?: string };
  /** Whether it is made from every host of the lab, not only from this machine. */
  readonly isEverywhere: boolean;
  /** What versions of Mosquitto are known to do with it in place of refusing. */
  readonly deviation?: DeviationName;
};

type Wrong = {
  readonly how: string;
  readonly words: string;
  readonly text: string;
  readonly deviation?: DeviationName;
};

const VERSIONS: readonly Version[] = [4, 5];

/** Every user with the right password, and every way not to be one, over both versions. */
export function loginCases(lab: Lab): LoginCase[] {
  return VERSIONS.flatMap((version) => [
    ...lab.users.flatMap((user) => ofUser(lab, user, version)),
    ...strangers(lab, version),
  ]);
}

function ofUser(lab: Lab, user: User, version: Version): LoginCase[] {
  const { tag, over } = wording(version);
  const { name } = user;
  const password = user.password.reveal();
  const refused = { version, isIn: false, isEverywhere: false } as const;
  return [
    {
      kind: 'accepted',
      name: `${tag}.${word(name)}`,
      version,
      isIn: true,
      isEverywhere: true,
      claim: `${name} logs in ${over}`,
      login: { user: name, password },
    },
    {
      ...refused,
      kind: 'wrong-password',
      name: `${tag}.${word(name)}`,
      isEverywhere: true,
      claim: `${name} with a wrong password is refused ${over}`,
      login: { user: name, password: `not-${nonce()}` },
    },
    {
      ...refused,
      kind: 'no-password',
      name: `${tag}.${word(name)}`,
      isEverywhere: true,
      claim: `${name} without a password is refused ${over}`,
      login: { user: name },
    },
    ...wrongPasswords(lab, user).map(({ how, words, text, deviation }) => ({
      ...refused,
      kind: 'wrong-password' as const,
      name: `${tag}.${word(name)}.${how}`,
      claim: `${name} with ${words} is refused ${over}`,
      login: { user: name, password: text },
      ...(deviation === undefined ? {} : { deviation }),
    })),
    ...wrongNames(lab, name).map(({ how, words, text }) => ({
      ...refused,
      kind: 'unknown-user' as const,
      name: `${tag}.${word(name)}.${how}`,
      claim: `${name}'s password with ${words} is refused ${over}`,
      login: { user: text, password },
    })),
  ];
}

/** Wrong in each way that a careless comparison would let through; only those that are no right password. */
function wrongPasswords({ users }: Lab, { name, password }: User): Wrong[] {
  const right = password.reveal();
  const other = users.map((user) => user.password.reveal()).find((text) => text !== right);
  const ways: Wrong[] = [
    { how: 'empty', words: 'an empty password', text: '' },
    { how: 'shorter', words: 'the password without its last character', text: [...right].slice(0, -1).join('') },
    { how: 'longer', words: 'the password and one more character', text: `${right}x` },
    { how: 'case', words: 'the password in the other case', text: otherCase(right) },
    { how: 'space', words: 'the password and a space', text: `${right} ` },
    { how: 'newline', words: 'the password and a line end', text: `${right}\n` },
    // a password is binary data, not a C string (MQTT 3.1.1, 3.1.3.5)
    {
      how: 'nul',
      words: 'the password, a NUL and more',
      text: `${right}\0x`,
      deviation: 'a password ends at its first NUL',
    },
    { how: 'user-name', words: 'the user name for a password', text: name },
    ...(other === undefined ? [] : [{ how: 'other-user', words: "another user's password", text: other }]),
  ];
  const seen = new Set([right]);
  return ways.filter(({ how, text }) => {
    if (seen.has(text) || (how === 'nul' && right.includes('\0'))) return false;
    seen.add(text);
    return true;
  });
}

function wrongNames({ users }: Lab, name: string): Wrong[] {
  const ways: Wrong[] = [
    { how: 'case', words: 'the name in the other case', text: otherCase(name) },
    { how: 'space', words: 'the name and a space', text: `${name} ` },
    { how: 'longer', words: 'the name and one more character', text: `${name}x` },
    { how: 'empty', words: 'an empty name', text: '' },
  ];
  return ways.filter(({ text }) => !users.some((user) => user.name === text));
}

function otherCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

function strangers(lab: Lab, version: Version): LoginCase[] {
  const { tag, over } = wording(version);
  // with a password that is somebody's, so that only the name is wrong
  const password = lab.users[0]?.password.reveal() ?? nonce();
  const refused = { version, isIn: false, isEverywhere: true } as const;
  return [
    {
      ...refused,
      kind: 'unknown-user',
      name: `${tag}`,
      claim: `a user whom lab.yaml does not name is refused ${over}`,
      login: { user: `nobody-${nonce()}`, password },
    },
    { ...refused, kind: 'anonymous', name: `${tag}`, claim: `a client without a user name is refused ${over}` },
  ];
}

function wording(version: Version): { tag: string; over: string } {
  return version === 4 ? { tag: 'v311', over: 'over MQTT 3.1.1' } : { tag: 'v5', over: 'over MQTT 5' };
}

import type { Version } from '../../../probes/session.ts';
import type { Lab } from '../../../provisioning/lab-file/lab.ts';
import { word } from './check.ts';
import { nonce } from './world.ts';

/** Somebody who knocks at the broker, and whether lab.yaml lets them in. */
export type Attempt = {
  /** Of the check's id, such as `wrong-password.sam`. */
  readonly name: string;
  readonly version: Version;
  readonly isIn: boolean;
  readonly claim: string;
  readonly login?: { readonly user: string; readonly password?: string };
};

const VERSIONS: readonly Version[] = [4, 5];

/** Every user with the right password, and every way not to be one, over both versions. */
export function attempts(lab: Lab): Attempt[] {
  return VERSIONS.flatMap((version) => [...usersIn(lab, version), ...strangers(lab, version)]);
}

function usersIn(lab: Lab, version: Version): Attempt[] {
  const { tag, over } = wording(version);
  return lab.users.flatMap(({ name: user, password }) => [
    {
      name: `accepted.${tag}.${word(user)}`,
      version,
      isIn: true,
      claim: `${user} logs in ${over}`,
      login: { user, password: password.reveal() },
    },
    {
      name: `wrong-password.${tag}.${word(user)}`,
      version,
      isIn: false,
      claim: `${user} with a wrong password is refused ${over}`,
      login: { user, password: `not-${nonce()}` },
    },
    {
      name: `no-password.${tag}.${word(user)}`,
      version,
      isIn: false,
      claim: `${user} without a password is refused ${over}`,
      login: { user },
    },
  ]);
}

function strangers(lab: Lab, version: Version): Attempt[] {
  const { tag, over } = wording(version);
  // with a password that is somebody's, so that only the name is wrong
  const password = lab.users[0]?.password.reveal() ?? nonce();
  const user = `nobody-${nonce()}`;
  return [
    {
      name: `unknown-user.${tag}`,
      version,
      isIn: false,
      claim: `a user whom lab.yaml does not name is refused ${over}`,
      login: { user, password },
    },
    { name: `anonymous.${tag}`, version, isIn: false, claim: `a client without a user name is refused ${over}` },
  ];
}

function wording(version: Version): { tag: string; over: string } {
  return version === 4 ? { tag: 'v311', over: 'over MQTT 3.1.1' } : { tag: 'v5', over: 'over MQTT 5' };
}

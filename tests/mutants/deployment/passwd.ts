import { idWord } from '../../../checks/harness/check.ts';
import type { Lab } from '../../../lab-file/lab.ts';
import { LAB_CONF, PASSWD } from '../../../mosquitto/paths.ts';
import { RESTORE_BROKER } from '../machine-scripts.ts';
import type { DeploymentMutant } from '../mutant.ts';

const STRANGER = 'mallory';

/** Every fault of every line in the password file, and a broker that accepts clients without a user name. */
export function passwdMutants(lab: Lab): DeploymentMutant[] {
  const names = lab.users.map(({ name }) => name);
  return [
    anonymous,
    ...names.flatMap((name, index) => [
      edited(`passwd.${name}.removed`, `${name}'s line is missing`, `/^${name}:/d`, [accepted(name)]),
      edited(
        `passwd.${name}.given-to-${STRANGER}`,
        `${name}'s line has the name ${STRANGER}`,
        `s/^${name}:/${STRANGER}:/`,
        [accepted(name), 'install.users'],
      ),
      edited(
        `passwd.${name}.copied`,
        `${STRANGER} has ${name}'s password too`,
        `s/^${name}:\\(.*\\)/&\\n${STRANGER}:\\1/`,
        ['install.users'],
      ),
      password(name, names[(index + 1) % names.length] ?? name),
    ]),
  ];
}

const accepted = (name: string) => `auth.accepted.*.${idWord(name)}`;

const anonymous: DeploymentMutant = {
  kind: 'deployment',
  machine: 'broker',
  name: 'auth.anonymous-on',
  what: 'the broker accepts clients without a user name',
  mutate: `sed -i 's/^allow_anonymous .*/allow_anonymous true/' ${LAB_CONF}\nrestart`,
  restore: RESTORE_BROKER,
  caughtBy: ['auth.anonymous'],
};

function edited(name: string, what: string, sed: string, caughtBy: readonly string[]): DeploymentMutant {
  const mutate = `sed -i '${sed}' ${PASSWD}\nrestart`;
  return { kind: 'deployment', machine: 'broker', name, what, mutate, restore: RESTORE_BROKER, caughtBy };
}

function password(name: string, other: string): DeploymentMutant {
  const mutate = `hash=$(sed -n 's/^${other}://p' ${PASSWD})\nsed -i "s|^${name}:.*|${name}:$hash|" ${PASSWD}\nrestart`;
  return {
    kind: 'deployment',
    machine: 'broker',
    name: `passwd.${name}.changed`,
    what: `${name}'s password is ${other}'s`,
    mutate,
    restore: RESTORE_BROKER,
    caughtBy: [accepted(name)],
  };
}

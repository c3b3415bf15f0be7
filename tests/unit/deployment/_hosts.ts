import type { WantedHost } from '../../../deployment/planned-host.ts';
import { restoreResources } from '../../../deployment/restore-hosts.ts';
import { service } from '../../../mosquitto/service.ts';
import { piHost } from '../../../pi/pi-host.ts';
import type { Container } from '../../../provisioning/docker/container-state.ts';
import { packages } from '../../../provisioning/resources/packages.ts';
import { labOf, TWO_USERS } from '../_lab.ts';
import type { ScriptedHost } from '../_scripted-hosts.ts';
import { at } from './_managed-hosts.ts';

const CLIENTS = 'packages:mosquitto-clients,python3-paho-mqtt';
const CONF = 'listener 1883\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const SYSTEM = {
  system: 'dpkg arm64\nmachine aarch64\napt /usr/bin/apt-get\nPRETTY_NAME="Debian 12"\nID=debian\nVERSION_ID="12"',
};
/** The facts of a host on which nothing is installed. */
export const FRESH = { ...SYSTEM, 'no-broker': '', dpkg: '' };
const INSTALLED = { [CLIENTS]: 'ii  mosquitto-clients 2.0.11\nii  python3-paho-mqtt 1.6.1' };
/** The facts of a Pi that needs no change. */
export const DONE = { ...FRESH, ...INSTALLED };
export const DRIFTED = { ...FRESH, [CLIENTS]: 'ii  mosquitto-clients 2.0.11' };

/** A Pi with these facts, whose packages can be installed. */
export function scriptedPi(facts: Readonly<Record<string, string>>): ScriptedHost {
  return { facts, steps: { install: INSTALLED } };
}

const LOADED = { 'loaded-main': '', 'loaded-lab': base64(CONF), 'loaded-users': '', 'loaded-rights': '' };
const serviceFact = (fields: Readonly<Record<string, string>>) =>
  Object.entries({ version: '2.0.11', main: '', lab: base64(CONF), users: '', rights: '', ...fields })
    .map((field) => field.join(' '))
    .join('\n');
const RUNNING = serviceFact({ process: '70', listens: '1883 ', ...LOADED });
const BROKER = { 'packages:mosquitto': 'ii  mosquitto 2.0.11', dpkg: '' };
/** The facts of a broker's host that needs no change, and of one whose broker has loaded another configuration. */
export const BROKER_DONE = { ...BROKER, service: RUNNING };
export const BROKER_OUTDATED = { ...BROKER, service: RUNNING.replace(base64(`${CONF}`), base64('listener 1884\n')) };

const lab = labOf(`${TWO_USERS}pis: { hall: { host: "ssh://pi@hall" }, kitchen: { host: "ssh://pi@kitchen" } }`);

/** The Pis of a lab, reached over SSH at their names. */
export const PIS: readonly WantedHost[] = lab.pis.map((pi) => {
  return { name: pi.name, place: pi.host, purpose: 'converge', resources: piHost(lab, pi, undefined) };
});

/** A broker's host with its package and its service, at the address `broker`. */
export const BROKER_HOST: WantedHost = {
  name: 'broker',
  place: at('broker'),
  purpose: 'converge',
  resources: [packages(['mosquitto']), service({ conf: CONF, acl: '' })],
};

/** A container that runs. */
export const CONTAINER: Container = {
  name: 'hall',
  created: false,
  ssh: { user: 'pi', address: '127.0.0.1', port: 32768, identity: '/key', hostKey: 'ssh-ed25519 AAAA' },
  address: '198.18.7.3',
  gateway: '198.18.7.1',
  published: new Map([[22, 32768]]),
};

/** What a host answers to the resources of TO_RESTORE when the lab has left nothing on it. */
export const NOTHING_TO_RESTORE = { 'lab-broker': '', 'recorded-packages': '', 'repository-owner': '', restore: '' };

/** A managed host that the lab file no longer has, at the address `old`. */
export const TO_RESTORE: WantedHost = {
  name: 'hall (old)',
  place: at('old'),
  purpose: 'restore',
  resources: restoreResources('two', { keepPackages: false }),
};

import { LabError } from '../base/errors.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab, Pi } from '../lab-file/lab.ts';
import type { Certificates } from '../provisioning/certificates/certificates.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { packages } from '../provisioning/resources/packages.ts';
import { howToFree, isMosquitto, type PortHolder } from '../provisioning/resources/port-holder.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { system } from '../provisioning/resources/system.ts';
import { clientCertificates, noClientCertificates } from './client-certificates.ts';
import { rebootOnce } from './reboot-once.ts';
import { repository } from './repository.ts';

/** MQTT's port (IANA), where Debian's broker listens unless it is configured otherwise. */
const MQTT_PORT = 1883;
export const PI_PACKAGES = ['mosquitto-clients', 'python3-paho-mqtt'];

/** The resources of a Pi: a supported system, MQTT clients, and no broker, checked before and after. */
export function piHost(lab: Lab, pi: Pi, certificates: Certificates | undefined): readonly Resource[] {
  const clientsOnly = noBroker(lab, pi);
  // `down` removes a container whole
  const owner = pi.host.kind === 'container' ? undefined : lab.name;
  const record = owner === undefined ? undefined : backupFolder(owner);
  return [
    system(pi.name, 'no other way'),
    clientsOnly,
    ...repository(pi.name, pi.repository, owner),
    packages(PI_PACKAGES, record),
    clientsOnly,
    certificates === undefined ? noClientCertificates(lab.name) : clientCertificates(lab.name, lab.users, certificates),
    ...rebootOnce(lab, pi),
  ];
}

/** Parts of a broker on a Pi, a line each. */
export function noBrokerQuery({ broker }: Pick<Lab, 'broker'>): Query {
  const ports = [
    ...new Set([...broker.listeners.flatMap(({ port, protocol }) => (protocol === 'mqtt' ? [port] : [])), MQTT_PORT]),
  ].map(String);
  const facts = shellScript('no-broker-facts.sh', import.meta.url, { ports });
  return { id: 'no-broker', script: `${PROCESS_FUNCTIONS}\n${facts}` };
}

/** The checkpoint asks for clients only: no package, no binary, nothing on the broker's port. The lab reports a broker and never removes it. */
function noBroker(lab: Lab, { name }: Pi): Resource {
  const query = noBrokerQuery(lab);
  return {
    id: 'clients only',
    queries: [query],
    plan(facts) {
      const found = facts.get(query).output.trim();
      if (found === '') return { items: [{ action: 'unchanged', kind: 'check', name: 'clients only' }] };
      const { what, advice } = describeBroker(found);
      const happened = `${what}:\n    ${found.split('\n').join('\n    ')}`;
      throw new LabError(
        { subject: name, step: 'clients only', happened, advice: `${advice}; then run the command again` },
        'failed',
      );
    },
  };
}

/** What `noBrokerQuery` found, in words, and how to remove it. */
export function describeBroker(found: string): { readonly what: string; readonly advice: string } {
  return { what: whatIs(found), advice: remedies(found).join('; ') };
}

/** A Mosquitto counts, wherever it listens; any other program only holds a broker's port. */
function whatIs(found: string): string {
  const programs = holders(found);
  const isOther = programs.length === found.split('\n').length && !programs.some(isBroker);
  return isOther ? "another program holds a broker's port on this Pi" : 'this Pi has a broker';
}

/** Removing the package helps only against the package: another program may hold the port beside it. */
function remedies(found: string): string[] {
  const isPackage = found.includes('the package mosquitto');
  const others = holders(found).filter((holder) => !(isPackage && isBroker(holder)));
  return [
    ...(isPackage ? ['remove it on the Pi: sudo apt-get purge mosquitto (the clients stay)'] : []),
    ...new Set(others.map(howToFreePort)),
    ...(!isPackage && found.includes('/usr/sbin/mosquitto exists') ? ['on the Pi, remove /usr/sbin/mosquitto'] : []),
  ];
}

function howToFreePort(holder: PortHolder): string {
  const how = howToFree(holder);
  return how === undefined
    ? `choose another port in the lab file, since sshd has port ${holder.port}`
    : `on the Pi, ${how}`;
}

function holders(found: string): PortHolder[] {
  return [...found.matchAll(/^process (\d+) (.*?) *listens on port (\d+)$/gm)].map(([, pid, command = '', port]) => ({
    ...{ pid: Number(pid), port: Number(port), command },
  }));
}

function isBroker({ command }: PortHolder): boolean {
  return isMosquitto(command);
}

import { existsSync } from 'node:fs';
import type { Lab } from '../lab-file/lab.ts';
import { LAB_CONF } from '../mosquitto/paths.ts';
import { removeBroker } from '../mosquitto/remove-broker.ts';
import { restoreBackup } from '../mosquitto/restore.ts';
import { noClientCertificates } from '../pi/client-certificates.ts';
import { noRepository } from '../pi/repository.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import { recordedPackages } from '../provisioning/resources/recorded-packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { isSameHost, labFileHosts, type ManagedHost, managedHosts } from './address-book.ts';
import type { WantedHost } from './planned-host.ts';

export type RestoreOptions = { readonly keepPackages: boolean };

/** A lab to take down: with its lab file, or by its name and the folder that the file was in. */
export type LabToRemove = Pick<Lab, 'name' | 'directory'> & Partial<Pick<Lab, 'broker' | 'pis'>>;

/** The resources that restore any host of a lab, in order. Packages that stay keep the repository they came from. */
export function restoreResources(lab: string, { keepPackages }: RestoreOptions): readonly Resource[] {
  const packages = keepPackages ? [] : [recordedPackages(backupFolder(lab)), noRepository(lab)];
  return [removeBroker(lab), noClientCertificates(lab), ...packages, restoreBackup(lab)];
}

/** The managed hosts that the lab file no longer has: the next `up` restores them. */
export async function abandonedHosts(lab: Lab): Promise<readonly WantedHost[]> {
  const current = labFileHosts(lab);
  const abandoned = (await managedHosts(lab)).filter((host) => !current.some((other) => isSameHost(host, other)));
  const taken = ['broker', ...lab.pis.map(({ name }) => name)];
  return abandoned.map((host) => toRestore(lab.name, host, taken, { keepPackages: false }));
}

/** What `down` restores: the hosts of the lab file and of the address book, each once, and this machine if it has a backup. */
export async function hostsToRestore(lab: LabToRemove, options: RestoreOptions): Promise<readonly WantedHost[]> {
  const { name, broker, pis } = lab;
  const inFile = broker === undefined || pis === undefined ? [] : labFileHosts({ broker, pis });
  const known = [...inFile, ...(await managedHosts(lab))].filter(
    ({ host }) => host.kind !== 'local' || isChanged(name),
  );
  const here: ManagedHost = { name: 'broker', host: { kind: 'local' } };
  const all = existsSync(backupFolder(name)) ? [...known, here] : known;
  const hosts = all.filter((host, index) => all.findIndex((other) => isSameHost(host, other)) === index);
  return hosts.map((host, index) => {
    const taken = hosts.slice(0, index).map((other) => other.name);
    return toRestore(name, host, taken, options);
  });
}

/** Whether the lab may have changed this machine. Any user can check that without a sudo password. */
function isChanged(lab: string): boolean {
  return existsSync(backupFolder(lab)) || existsSync(LAB_CONF);
}

/** Adds the address to a name that another host already has. */
function toRestore(
  lab: string,
  { name, host }: ManagedHost,
  taken: readonly string[],
  options: RestoreOptions,
): WantedHost {
  const distinct = taken.includes(name) ? `${name} (${host.kind === 'ssh' ? host.address : 'this machine'})` : name;
  return { name: distinct, place: host, purpose: 'restore', resources: restoreResources(lab, options) };
}

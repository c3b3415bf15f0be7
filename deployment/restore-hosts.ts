import { existsSync } from 'node:fs';
import type { Lab } from '../lab-file/lab.ts';
import { LAB_CONF } from '../mosquitto/paths.ts';
import { removeBroker } from '../mosquitto/remove-broker.ts';
import { restoreBackup } from '../mosquitto/restore.ts';
import { noRepository } from '../pi/repository.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import { recordedPackages } from '../provisioning/resources/recorded-packages.ts';
import type { Resource } from '../provisioning/resources/resource.ts';
import { isSameHost, type Visit, visited } from './address-book.ts';
import type { WantedHost } from './plan-lab.ts';

/** All that makes a host, whatever it was in the lab, what it was before, in order; packages that stay keep the repository that they are from. */
export function givenBack(lab: string, keepsPackages: boolean): readonly Resource[] {
  const packages = keepsPackages ? [] : [recordedPackages(backupFolder(lab)), noRepository(lab)];
  return [removeBroker(lab), ...packages, restoreBackup(lab)];
}

/** A machine of the address book, to be given back. */
export function leaving(lab: string, visit: Visit, keepsPackages: boolean): WantedHost {
  const { name, host } = visit;
  return { name, place: host.kind, resources: givenBack(lab, keepsPackages), isLeft: true, visit, address: () => host };
}

/** The machines that a lab has touched and that its lab file no longer has, to be given back by the next `up`. */
export async function leftHosts(lab: Lab): Promise<readonly WantedHost[]> {
  const current = labVisits(lab);
  const left = (await visited(lab)).filter((visit) => !current.some((other) => isSameHost(visit, other)));
  const taken = ['broker', ...lab.pis.map(({ name }) => name)];
  return left.map((visit) => ({ ...leaving(lab.name, visit, false), name: distinct(visit, taken) }));
}

/** A lab that is taken down: with its file, or by its name and the folder where its file was. */
export type LeavingLab = Pick<Lab, 'name' | 'directory'> & Partial<Pick<Lab, 'broker' | 'pis'>>;

/** The machines to give back: those of the lab file, those of the address book, and this one if it has anything of the lab. */
export async function hostsToGiveBack(lab: LeavingLab, keepsPackages: boolean): Promise<readonly WantedHost[]> {
  const { name, broker, pis } = lab;
  const written = broker === undefined || pis === undefined ? [] : labVisits({ broker, pis });
  const here: Visit = { name: 'broker', host: { kind: 'local' } };
  const known = [...written, ...(await visited(lab))].filter(({ host }) => host.kind !== 'local' || isHere(name));
  const all = [...known, ...(existsSync(backupFolder(name)) ? [here] : [])];
  const hosts = all.filter((visit, index, visits) => visits.findIndex((other) => isSameHost(visit, other)) === index);
  return hosts.map((visit, index) => {
    const taken = hosts.slice(0, index).map((other) => other.name);
    return { ...leaving(name, visit, keepsPackages), name: distinct(visit, taken) };
  });
}

/** Whether this machine may have anything of a lab: anybody may see that, so that nobody is asked for sudo in vain. */
function isHere(lab: string): boolean {
  return existsSync(backupFolder(lab)) || existsSync(LAB_CONF);
}

/** The machines of the lab file that are no containers. */
export function labVisits({ broker, pis }: Pick<Lab, 'broker' | 'pis'>): readonly Visit[] {
  return [{ name: 'broker', host: broker.host }, ...pis].flatMap(({ name, host }): Visit[] =>
    host.kind === 'local' || host.kind === 'ssh' ? [{ name, host }] : [],
  );
}

/** A name that another machine has now gets its address beside it. */
function distinct({ name, host }: Visit, taken: readonly string[]): string {
  return taken.includes(name) ? `${name} (${host.kind === 'ssh' ? host.address : 'this machine'})` : name;
}

import type { AptRepository } from '../../lab-file/lab.ts';
import { keyFile, preferencesFile, sourceFile } from '../../pi/repository/files.ts';
import type { WantedFile } from '../../provisioning/resources/files.ts';
import { type Item, isChange, type Resource } from '../../provisioning/resources/resource.ts';
import { factsOf } from './_facts.ts';

const KEY_URL = 'https://repo.test/key.gpg';
export const given: AptRepository = {
  kind: 'apt',
  url: 'http://repo.test:8080/debian',
  suite: undefined,
  components: ['main'],
  key: { text: 'a key\n' },
};
export const fetched: AptRepository = { ...given, key: { url: KEY_URL } };
export const KEY = keyFile('a key\n');

/** What a host has: files, keys as `KEYS` tells them, versions, the labs that have a folder there. */
export type Seen = {
  readonly source?: WantedFile;
  readonly preferences?: WantedFile;
  readonly keys?: string;
  readonly offered?: string;
  readonly installed?: string;
  readonly release?: string;
  readonly others?: string;
  readonly labs?: readonly string[];
};

/** A host's answers, as its own commands give them. */
function seen(state: Seen) {
  const { source, preferences, keys = '', offered, installed, release = 'bookworm', others = '', labs = [] } = state;
  const file = (wanted: WantedFile | undefined) =>
    wanted === undefined
      ? []
      : [
          [
            `file:${wanted.path}`,
            `${wanted.owner} ${wanted.group} ${wanted.mode}\n${Buffer.from(wanted.content).toString('base64')}\n`,
          ] as const,
        ];
  return factsOf(
    new Map([
      ['system', `dpkg amd64\nmachine x86_64\napt /usr/bin/apt-get\nVERSION_CODENAME=${release}\n`],
      ['repository-keys', keys],
      ['other-sources', others],
      ['labs', labs.map((lab) => `${lab}\n`).join('')],
      ...file(source),
      ...file(preferences),
      ...(offered === undefined ? [] : [['repository-offers', offered] as const]),
      ...(installed === undefined
        ? []
        : [['packages:mosquitto-clients', `ii  mosquitto-clients ${installed}\n`] as const]),
    ]),
  );
}

const digestOf = (file: WantedFile) => /mqtt-lab-([0-9a-f]+)/.exec(file.path)?.[1] ?? '';
/** A key as the host tells it, intact where its owner and mode are. */
export const keyLine = (file: WantedFile, owner = 'root root 644') =>
  `${owner} ${digestOf(file).padEnd(64, '0')} ${file.path}\n`;
export const asWanted = (wanted: AptRepository, lab?: string): Seen => ({
  source: sourceFile(wanted, 'bookworm', KEY.path, lab),
  preferences: preferencesFile(wanted),
  keys: keyLine(KEY),
  offered: '2.1.2-0mosquitto1~bookworm1\n',
  installed: '2.1.2-0mosquitto1~bookworm1',
});

/** The plan of a repository's resources, in their order, and what its changes are called. */
export function planned(resources: readonly Resource[], state: Seen): { items: Item[]; changes: string[] } {
  const items: Item[] = [];
  const changes: string[] = [];
  for (const resource of resources) {
    const plan = resource.plan(seen(state), items.filter(isChange));
    items.push(...plan.items);
    if (plan.change !== undefined) changes.push(plan.change.summary);
  }
  return { items, changes };
}

const SIGNS = { create: '+', change: '~', remove: '-', unchanged: '=', unknown: '?' } as const;
export const lines = (items: readonly Item[]) => items.map(({ action, name }) => `${SIGNS[action]} ${name}`);
export const NAME = 'http://repo.test:8080/debian bookworm';
export const PREFERENCES = '/etc/apt/preferences.d/mqtt-lab';
export const OTHER = keyFile('another key\n');
export const FETCHED = '/etc/apt/keyrings/mqtt-lab-….asc';

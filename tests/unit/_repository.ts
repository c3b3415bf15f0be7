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

/** What a host has: files, keys as the answer to `KEYS`, versions, the labs with a folder there. */
export type HostState = {
  readonly source?: WantedFile;
  readonly preferences?: WantedFile;
  readonly keys?: string;
  readonly offered?: string;
  readonly installed?: string;
  readonly release?: string;
  readonly others?: string;
  readonly labs?: readonly string[];
};

function factsAbout(state: HostState) {
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
/** The host's line about a key; it is intact with this owner and mode. */
export const keyLine = (file: WantedFile, owner = 'root root 644') =>
  `${owner} ${digestOf(file).padEnd(64, '0')} ${file.path}\n`;
export const withRepository = (wanted: AptRepository, lab?: string): HostState => ({
  source: sourceFile(wanted, 'bookworm', KEY.path, lab),
  preferences: preferencesFile(wanted),
  keys: keyLine(KEY),
  offered: '2.1.2-0mosquitto1~bookworm1\n',
  installed: '2.1.2-0mosquitto1~bookworm1',
});

/** The items of a repository's resources, in order, and the summaries of the changes. */
export function planned(resources: readonly Resource[], state: HostState): { items: Item[]; changes: string[] } {
  const items: Item[] = [];
  const changes: string[] = [];
  for (const resource of resources) {
    const plan = resource.plan(factsAbout(state), items.filter(isChange));
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

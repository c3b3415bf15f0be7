import test from 'ava';
import { LabError } from '../../../../provisioning/errors.ts';
import type { AptRepository } from '../../../../provisioning/lab-file/lab.ts';
import { keyFile, preferencesFile, SOURCE, sourceFile } from '../../../../provisioning/repository/files.ts';
import { refusalOf } from '../../../../provisioning/repository/refusal.ts';
import type { WantedFile } from '../../../../provisioning/resources/files.ts';
import { repository } from '../../../../provisioning/resources/repository.ts';
import { BLANK, type Item, isChange, type Resource } from '../../../../provisioning/resources/resource.ts';
import { factsOf } from '../../_facts.ts';

const KEY_URL = 'https://repo.test/key.gpg';
const given: AptRepository = {
  kind: 'apt',
  url: 'http://repo.test:8080/debian',
  suite: undefined,
  components: ['main'],
  key: { text: 'a key\n' },
};
const fetched: AptRepository = { ...given, key: { url: KEY_URL } };
const KEY = keyFile('a key\n');

/** What apt prints, on Debian 12 and on Debian 13 where that differs; the words that it is told in. */
const refusals: readonly (readonly [output: string, words: string])[] = [
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 91FFCED6245C05E6\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'it is signed with another key than the given one',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key 310E66FB715740DE63A48838AC1C7DB8A51FF125, which is needed to verify signature.\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'it is signed with another key than the given one',
  ],
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures were invalid: EXPKEYSIG 29378E907B04DE7A expired <expired@lab.test>\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'the key has expired',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on B27058F6873E1F829F2FC53047D5ABD03D67F741 is bad:            The primary key is not live   because: Expired on 2020-12-31T00:00:00Z\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'the key has expired',
  ],
  [
    "W: GPG error: http://repo.test bookworm InRelease: The following signatures were invalid: BADSIG 91FFCED6245C05E6 good <good@lab.test>\nE: The repository 'http://repo.test bookworm InRelease' is not signed.",
    'its index is not what was signed: it was changed after that',
  ],
  [
    "W: OpenPGP signature verification failed: http://repo.test trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Verifying signature:            Message has been manipulated\nE: The repository 'http://repo.test trixie InRelease' is not signed.",
    'its index is not what was signed: it was changed after that',
  ],
  [
    'E: Failed to fetch http://repo.test/dists/bookworm/main/binary-amd64/Packages  Hash Sum mismatch\n   Hashes of expected file:\nE: Some index files failed to download. They have been ignored, or old ones used instead.',
    'its package list is not what was signed: it was changed after that, or is being published right now',
  ],
  [
    'E: Release file for http://repo.test/dists/bookworm/InRelease is expired (invalid since 2518d 9h 16min 22s). Updates for this repository will not be applied.',
    'its index is too old to be trusted (Valid-Until)',
  ],
  [
    'W: OpenPGP signature verification failed: http://repo.test trixie Release.gpg: Sub-process /usr/bin/sqv returned an error code (1), error message is: Signing key on 3FC3 is not bound:  Policy rejected asymmetric algorithm   because: DSA1024 is not considered secure since 2014-02-01T00:00:00Z',
    'its signature is of a kind that is no longer secure',
  ],
  [
    "Err:2 http://repo.test bookworm Release\n  404  File not found [IP: 127.0.0.1 8080]\nE: The repository 'http://repo.test bookworm Release' does not have a Release file.",
    'there is no suite bookworm in it',
  ],
  [
    'W: Failed to fetch x\nE: Failed to fetch https://repo.test/dists/bookworm/InRelease  Certificate verification failed: The certificate is NOT trusted.',
    'its server can not prove that it is itself (TLS)',
  ],
  [
    "E: Failed to fetch http://repo.test/dists/bookworm/InRelease  Could not resolve 'repo.test'",
    'the Pi does not reach it',
  ],
  [
    'E: Failed to fetch http://repo.test/dists/trixie/InRelease  Unable to connect to repo.test:80:',
    'the Pi does not reach it',
  ],
  ["E: The repository 'http://repo.test bookworm Release' is not signed.", 'it is not signed'],
  [
    "W: Skipping acquire of configured file 'contrib/binary-amd64/Packages' as repository 'http://repo.test bookworm InRelease' doesn't have the component 'contrib' (component misspelt in sources.list?)\nE: no mosquitto-clients in the repository for amd64",
    'it has no mosquitto-clients for this Pi in bookworm, component main',
  ],
];
for (const [output, words] of refusals) {
  test(`apt says ${output.slice(0, 90)}…: ${words}`, (t) => {
    const refusal = refusalOf(output, { ...given, suite: 'bookworm' });
    const [first, line = ''] = refusal?.happened.split('\n') ?? [];
    t.is(first, `apt refuses ${given.url} bookworm: ${words}; nothing was changed`);
    t.true(output.split('\n').includes(line.trim()), line);
    t.regex(refusal?.advice ?? '', /\w/);
  });
}

test('what is not the repository’s is left to speak for itself', (t) => {
  const full = 'E: Write error - write (28: No space left on device)';
  t.is(refusalOf(full, { ...given, suite: 'bookworm' }), undefined);
});

type Seen = {
  readonly source?: WantedFile;
  readonly preferences?: WantedFile;
  readonly keys?: string;
  readonly offered?: string;
  readonly installed?: string;
  readonly release?: string;
  readonly others?: string;
};

/** A host's answers, as its own commands give them. */
function seen({ source, preferences, keys = '', offered, installed, release = 'bookworm', others = '' }: Seen) {
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
const keyLine = (file: WantedFile, owner = 'root root 644') =>
  `${owner} ${digestOf(file).padEnd(64, '0')} ${file.path}\n`;
const asWanted = (wanted: AptRepository): Seen => ({
  source: sourceFile(wanted, 'bookworm', KEY.path),
  preferences: preferencesFile(wanted),
  keys: keyLine(KEY),
  offered: '2.1.2-0mosquitto1~bookworm1\n',
  installed: '2.1.2-0mosquitto1~bookworm1',
});

function planned(resources: readonly Resource[], state: Seen): { items: Item[]; changes: string[] } {
  const items: Item[] = [];
  const changes: string[] = [];
  for (const resource of resources) {
    const plan = resource.plan(seen(state), items.filter(isChange));
    items.push(...plan.items);
    if (plan.change !== undefined) changes.push(plan.change.summary);
  }
  return { items, changes };
}

const SIGNS = { create: '+', change: '~', remove: '-', keep: '=', unknown: '?' } as const;
const lines = (items: readonly Item[]) => items.map(({ action, name }) => `${SIGNS[action]} ${name}`);
const NAME = 'http://repo.test:8080/debian bookworm';
const PREFERENCES = '/etc/apt/preferences.d/mqtt-lab';
const OTHER = keyFile('another key\n');
const FETCHED = '/etc/apt/keyrings/mqtt-lab-….asc';

/** [what the host is like; the plan] */
const plans: readonly (readonly [what: string, wanted: AptRepository, state: Seen, plan: readonly string[]])[] = [
  [
    'as wanted',
    given,
    asWanted(given),
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '= mosquitto-clients'],
  ],
  [
    'as wanted, with a key that was fetched',
    fetched,
    asWanted(fetched),
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '= mosquitto-clients'],
  ],
  ['nothing', given, {}, [`+ ${KEY.path}`, `+ ${PREFERENCES}`, `+ ${SOURCE}`, `+ ${NAME}`]],
  [
    'Debian’s clients',
    given,
    { installed: '2.0.11' },
    [`+ ${KEY.path}`, `+ ${PREFERENCES}`, `+ ${SOURCE}`, `+ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'another key file’s content',
    given,
    { ...asWanted(given), keys: `root root 644 ${'0'.repeat(64)} ${KEY.path}\n` },
    [`~ ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `~ ${NAME}`, '= mosquitto-clients'],
  ],
  [
    'a key that others may write, which is fetched anew',
    fetched,
    { ...asWanted(fetched), keys: keyLine(KEY, 'root root 666') },
    [`+ ${FETCHED}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${KEY.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'a key from elsewhere, which is fetched anew',
    fetched,
    { ...asWanted(fetched), source: sourceFile({ ...given, key: { url: 'https://x/y' } }, 'bookworm', KEY.path) },
    [`+ ${FETCHED}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${KEY.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'an earlier key',
    given,
    { ...asWanted(given), source: sourceFile(given, 'bookworm', OTHER.path), keys: keyLine(OTHER) },
    [`+ ${KEY.path}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${OTHER.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'package lists that somebody has deleted',
    given,
    { ...asWanted(given), offered: '' },
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'an older version',
    given,
    { ...asWanted(given), installed: '2.0.11' },
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '~ mosquitto-clients'],
  ],
  [
    'clients that are not installed, which is for the packages to mend',
    given,
    {
      source: sourceFile(given, 'bookworm', KEY.path),
      preferences: preferencesFile(given),
      keys: keyLine(KEY),
      offered: '2.1',
    },
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`],
  ],
];
for (const [what, wanted, state, plan] of plans) {
  test(`plans a host with ${what}`, (t) => {
    const { items, changes } = planned(repository('pi', wanted), state);
    t.deepEqual(lines(items), plan);
    t.is(
      changes.length === 0,
      plan.every((line) => line.startsWith('=')),
    );
  });
}

test('a machine that does not exist yet', (t) => {
  const items = repository('pi', given).flatMap((resource) => resource.plan(BLANK, []).items);
  t.deepEqual(lines(items), ['+ http://repo.test:8080/debian']);
});

test('over https the Pi needs certificates, before anything else', (t) => {
  const ids = (url: string) => repository('pi', { ...given, url }).map(({ id }) => id);
  t.deepEqual(ids('http://repo.test'), ['repository', 'version of the clients']);
  t.deepEqual(ids('https://repo.test'), ['certificates', 'repository', 'version of the clients']);
});

test('debian: nothing where nothing is left, and all that is left goes', (t) => {
  const none = repository('pi', { kind: 'debian' });
  t.deepEqual(planned(none, {}), { items: [], changes: [] });
  const { items, changes } = planned(none, asWanted(given));
  t.deepEqual(lines(items), [`- ${SOURCE}`, `- ${PREFERENCES}`, `- ${KEY.path}`, '~ mosquitto-clients']);
  t.deepEqual(changes, [`leave the repository: remove ${SOURCE}, ${PREFERENCES}, ${KEY.path}`]);
  t.deepEqual(lines(planned(none, { keys: keyLine(KEY) }).items), [`- ${KEY.path}`]);
});

/** [the host's other sources; the file of the one that apt could not tell from the repository] */
const others: readonly (readonly [sources: string, file: string | undefined])[] = [
  ['/etc/apt/sources.list:1 http://debian.example.org/debian/\n', undefined],
  [
    '/etc/apt/sources.list:1 http://x/\n/etc/apt/sources.list.d/own.list:3 https://repo.test/\n',
    '/etc/apt/sources.list.d/own.list',
  ],
  ['/etc/apt/sources.list.d/a.sources:1 mirror+http://REPO.test:99/list\n', '/etc/apt/sources.list.d/a.sources'],
  ['/etc/apt/sources.list:1 http://repo.test.example/\n/etc/apt/sources.list:2 file:/srv/repo.test\n', undefined],
  ['E: The list of sources could not be read.\n', undefined],
];
for (const [sources, file] of others) {
  test(`other sources ${JSON.stringify(sources)}: ${file === undefined ? 'fine' : 'refused'}`, (t) => {
    const state = { ...asWanted(given), others: sources };
    if (file === undefined) {
      t.deepEqual(planned(repository('pi', given), state).changes, []);
      return;
    }
    const error = t.throws(() => planned(repository('pi', given), state), { instanceOf: LabError });
    t.true(error?.trouble.happened.startsWith(`${file} has a package source on repo.test, too`));
    t.deepEqual(planned(repository('pi', { kind: 'debian' }), state).changes.length, 1);
  });
}

for (const release of ['', '$(reboot)', 'bookworm\\nTrusted: yes', 'a b', "'; rm -rf /'"]) {
  test(`a release ${JSON.stringify(release)} never becomes a suite`, (t) => {
    const error = t.throws(() => planned(repository('pi', given), { release }), { instanceOf: LabError });
    t.is(error?.trouble.happened, 'its os-release names no release (VERSION_CODENAME)');
    t.is(planned(repository('pi', { ...given, suite: 'stable' }), { release }).changes.length, 1);
  });
}

test('what a host says of a version is one, or nothing', (t) => {
  for (const offered of ['(none)', '1; reboot', '$(reboot)', "1'2"]) {
    t.is(planned(repository('pi', given), { ...asWanted(given), offered }).items.at(-1)?.action, 'unknown', offered);
  }
});

import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { AptRepository } from '../../../lab-file/lab.ts';
import { preferencesFile, SOURCE, sourceFile } from '../../../pi/repository/files.ts';
import { repository } from '../../../pi/repository.ts';
import { NO_FACTS } from '../../../provisioning/resources/resource.ts';
import {
  asWanted,
  FETCHED,
  fetched,
  given,
  KEY,
  keyLine,
  lines,
  NAME,
  OTHER,
  PREFERENCES,
  planned,
  type Seen,
} from '../_repository.ts';

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
  const items = repository('pi', given).flatMap((resource) => resource.plan(NO_FACTS, []).items);
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

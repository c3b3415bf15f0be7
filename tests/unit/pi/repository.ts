import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import type { AptRepository } from '../../../lab-file/lab.ts';
import { preferencesFile, SOURCE, sourceFile } from '../../../pi/repository/files.ts';
import { repository } from '../../../pi/repository.ts';
import { NO_FACTS } from '../../../provisioning/resources/resource.ts';
import {
  FETCHED,
  fetched,
  given,
  type HostState,
  KEY,
  keyLine,
  lines,
  NAME,
  OTHER,
  PREFERENCES,
  planned,
  withRepository,
} from '../_repository.ts';

/** [the host's state; the plan] */
const plans: readonly (readonly [what: string, wanted: AptRepository, state: HostState, plan: readonly string[]])[] = [
  [
    'the repository',
    given,
    withRepository(given),
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '= mosquitto-clients'],
  ],
  [
    'the repository and a fetched key',
    fetched,
    withRepository(fetched),
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
    { ...withRepository(given), keys: `root root 644 ${'0'.repeat(64)} ${KEY.path}\n` },
    [`~ ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `~ ${NAME}`, '= mosquitto-clients'],
  ],
  [
    'a key that others may write, which is fetched again',
    fetched,
    { ...withRepository(fetched), keys: keyLine(KEY, 'root root 666') },
    [`+ ${FETCHED}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${KEY.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'a key from another URL, which is fetched again',
    fetched,
    { ...withRepository(fetched), source: sourceFile({ ...given, key: { url: 'https://x/y' } }, 'bookworm', KEY.path) },
    [`+ ${FETCHED}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${KEY.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'an earlier key',
    given,
    { ...withRepository(given), source: sourceFile(given, 'bookworm', OTHER.path), keys: keyLine(OTHER) },
    [`+ ${KEY.path}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `- ${OTHER.path}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'deleted package lists',
    given,
    { ...withRepository(given), offered: '' },
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `~ ${NAME}`, '? mosquitto-clients'],
  ],
  [
    'an older version',
    given,
    { ...withRepository(given), installed: '2.0.11' },
    [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '~ mosquitto-clients'],
  ],
  [
    'clients that are not installed, which is left to the packages',
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

test('plans a machine that does not exist yet', (t) => {
  const items = repository('pi', given).flatMap((resource) => resource.plan(NO_FACTS, []).items);
  t.deepEqual(lines(items), ['+ http://repo.test:8080/debian']);
});

test('over https the Pi needs certificates, before anything else', (t) => {
  const ids = (url: string) => repository('pi', { ...given, url }).map(({ id }) => id);
  t.deepEqual(ids('http://repo.test'), ['repository', 'version of the clients']);
  t.deepEqual(ids('https://repo.test'), ['certificates', 'repository', 'version of the clients']);
});

test('debian: removes all of a repository, and plans nothing without one', (t) => {
  const none = repository('pi', { kind: 'debian' });
  t.deepEqual(planned(none, {}), { items: [], changes: [] });
  const { items, changes } = planned(none, withRepository(given));
  t.deepEqual(lines(items), [`- ${SOURCE}`, `- ${PREFERENCES}`, `- ${KEY.path}`, '~ mosquitto-clients']);
  t.deepEqual(changes, [`stop using the repository: remove ${SOURCE}, ${PREFERENCES}, ${KEY.path}`]);
  t.deepEqual(lines(planned(none, { keys: keyLine(KEY) }).items), [`- ${KEY.path}`]);
});

/** [the host's other sources; the file of one with the repository's host name] */
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
  test(`other sources ${JSON.stringify(sources)}: ${file === undefined ? 'accepted' : 'refused'}`, (t) => {
    const state = { ...withRepository(given), others: sources };
    if (file === undefined) {
      t.deepEqual(planned(repository('pi', given), state).changes, []);
      return;
    }
    const error = t.throws(() => planned(repository('pi', given), state), { instanceOf: LabError });
    t.true(error?.trouble.happened.startsWith(`${file} has a package source on repo.test`));
    t.deepEqual(planned(repository('pi', { kind: 'debian' }), state).changes.length, 1);
  });
}

for (const release of ['', '$(reboot)', 'bookworm\\nTrusted: yes', 'a b', "'; rm -rf /'"]) {
  test(`a release ${JSON.stringify(release)} never becomes a suite`, (t) => {
    const error = t.throws(() => planned(repository('pi', given), { release }), { instanceOf: LabError });
    t.regex(error?.trouble.happened ?? '', /VERSION_CODENAME/);
    t.is(planned(repository('pi', { ...given, suite: 'stable' }), { release }).changes.length, 1);
  });
}

test('accepts only a version as a version', (t) => {
  for (const offered of ['(none)', '1; reboot', '$(reboot)', "1'2"]) {
    t.is(
      planned(repository('pi', given), { ...withRepository(given), offered }).items.at(-1)?.action,
      'unknown',
      offered,
    );
  }
});

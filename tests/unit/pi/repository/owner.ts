import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { labName } from '../../../../lab-file/forms.ts';
import { preferencesFile, SOURCE, sourceFile } from '../../../../pi/repository/files.ts';
import { LABS, ownerOf, refuseOtherOwners } from '../../../../pi/repository/owner.ts';
import { noRepository, repository } from '../../../../pi/repository.ts';
import { given, type HostState, KEY, lines, NAME, PREFERENCES, planned, withRepository } from '../../_repository.ts';
import { folderFor, sh } from '../../_sh.ts';

const own: HostState = { ...withRepository(given, 'two'), labs: ['two'] };
const theirs: HostState = { ...withRepository(given, 'other'), labs: ['other', 'two'] };
const debian = { kind: 'debian' } as const;
const ALL_UNCHANGED = [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '= mosquitto-clients'];
const ALL_REMOVED = [`- ${SOURCE}`, `- ${PREFERENCES}`, `- ${KEY.path}`, '~ mosquitto-clients'];

/** The lab's file with one more line, as anybody may write it. */
const withLine = (line: string) => {
  const source = sourceFile(given, 'bookworm', KEY.path);
  return { ...source, content: `${line}\n${source.content}` };
};

test('a source names its lab, except where the whole host is the lab’s', (t) => {
  t.regex(sourceFile(given, 'bookworm', KEY.path, 'two').content, /^# Lab: two$/m);
  t.notRegex(sourceFile(given, 'bookworm', KEY.path).content, /Lab:/);
  t.deepEqual(lines(planned(repository('pi', given, 'two'), own).items), ALL_UNCHANGED);
});

test('a lab without a folder on the host gets one, so that other labs see that it is there', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...own, labs: [] });
  t.is(items.find(({ name }) => name === NAME)?.detail, 'the lab has no folder there');
  t.deepEqual(changes, [`use the repository ${NAME}`]);
});

test('a source that names no lab counts as the lab’s own', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...withRepository(given), labs: ['other'] });
  t.is(items.find(({ name }) => name === SOURCE)?.action, 'change');
  t.is(changes.length, 1);
  t.deepEqual(lines(planned([noRepository('two')], withRepository(given)).items), ALL_REMOVED);
});

test('a lab without a repository removes its own, leaves another lab’s and names its owner', (t) => {
  for (const resources of [repository('pi', debian, 'two'), [noRepository('two')]]) {
    t.deepEqual(lines(planned(resources, own).items), ALL_REMOVED);
    // also where the other lab has left the host
    for (const state of [theirs, { ...theirs, labs: [] }]) {
      const { items, changes } = planned(resources, state);
      t.deepEqual(items, [
        { action: 'unchanged', kind: 'file', name: SOURCE, detail: 'stays: it belongs to the lab "other"' },
      ]);
      t.deepEqual(changes, []);
    }
  }
});

test('preferences and keys without a source are removed', (t) => {
  const state = { preferences: preferencesFile(given), labs: ['other'] };
  t.deepEqual(lines(planned([noRepository('two')], state).items), [`- ${PREFERENCES}`]);
});

test('refuses to replace another lab’s repository, with the host, the lab and what to try', (t) => {
  const error = t.throws(() => planned(repository('hall', given, 'two'), theirs), { instanceOf: LabError });
  t.is(error?.kind, 'failed');
  const { subject, step, happened, advice = '' } = error?.trouble ?? { subject: '', step: '', happened: '' };
  t.is(subject, 'hall');
  t.is(step, `use the repository ${given.url}`);
  t.is(happened, `the lab "other" has its repository there (${SOURCE}), and a host has one at a time`);
  t.regex(advice, /`\.\/lab down other`/);
  t.regex(advice, /remove `repository`/);
  // before anything else is checked
  const unnamed = t.throws(() => planned(repository('hall', given, 'two'), { ...theirs, release: '' }), {
    instanceOf: LabError,
  });
  t.is(unnamed?.trouble.happened, happened);
});

test('takes over the source of a lab that has left the host', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...theirs, labs: ['two', 'others'] });
  t.deepEqual(lines(items), [`= ${KEY.path}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `~ ${NAME}`, '? mosquitto-clients']);
  t.regex(items.find(({ name }) => name === SOURCE)?.diff ?? '', /^-# Lab: other\n\+# Lab: two$/m);
  t.deepEqual(changes, [`use the repository ${NAME}`]);
});

test('a container belongs to its lab, whatever a file there says', (t) => {
  t.deepEqual(lines(planned(repository('pi', debian), theirs).items), ALL_REMOVED);
  t.is(planned(repository('pi', given), theirs).changes.length, 1);
});

/** No valid names of labs, so no lab has written them. */
const NO_NAMES = [
  '',
  ' ',
  '-a',
  'a-',
  'A',
  '../two',
  '$(reboot)',
  "a'; reboot; '",
  'a b',
  'a\r',
  'a\u001b[2J',
  'a\u2028',
  'ü',
  'a'.repeat(41),
];
for (const name of NO_NAMES) {
  test(`a source of ${JSON.stringify(name)} is no other lab’s`, (t) => {
    t.false(labName.safeParse(name).success);
    const state = { ...withRepository(given), source: withLine(`# Lab: ${name}`), labs: [name] };
    t.is(ownerOf(state.source.content), undefined);
    t.deepEqual(lines(planned(repository('pi', debian, 'two'), state).items), ALL_REMOVED);
    t.is(planned(repository('pi', given, 'two'), state).changes.length, 1);
  });
}

for (const name of ['a', 'a1', 'a-b', 'a--b', `a${'-'.repeat(38)}b`]) {
  test(`a source of ${name} is that lab’s`, (t) => {
    t.true(labName.safeParse(name).success);
    t.is(ownerOf(withLine(`# Lab: ${name}`).content), name);
  });
}

test('the labs of a host are the folders below /var/lib/mqtt-lab', (t) => {
  const root = folderFor(t);
  const ask = () => sh(LABS.script.replaceAll('/var/lib/mqtt-lab', `${root}/labs`)).stdout;
  t.is(ask(), '');
  sh(`mkdir -p ${root}/labs/two ${root}/labs/.tools '${root}/labs/$(reboot)' && touch ${root}/labs/file`);
  t.is(ask(), '$(reboot)\ntwo\n');
});

/** [the source file on the host, made by this shell; the labs that may own it; whether the script continues] */
const owned: readonly (readonly [make: string, labs: readonly string[], continues: boolean])[] = [
  ['echo "# Lab: two" >', ['two'], true],
  ['echo "# Lab: two" >', ['three', 'two'], true],
  ['echo "# Lab: two" >', ['three'], false],
  [': ', ['three'], true],
  ["printf '# Lab: A\\n# Lab: a b\\n' >", ['three'], true],
  // a link is no source
  ["echo '# Lab: two' >/etc/apt/two; ln -s two ", ['three'], true],
];
for (const [make, labs, continues] of owned) {
  test(`a script of ${labs.join(' or ')} ${continues ? 'continues' : 'ends'} after: ${make}`, (t) => {
    const root = folderFor(t);
    const run = (script: string) => sh(script.replaceAll('/etc/apt', `${root}/etc/apt`));
    run(`mkdir -p /etc/apt/sources.list.d; ${make}${SOURCE}`);
    t.is(run(refuseOtherOwners(labs)).code, continues ? 0 : 1);
  });
}

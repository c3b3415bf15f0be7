import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { labName } from '../../../../lab-file/forms.ts';
import { preferencesFile, SOURCE, sourceFile } from '../../../../pi/repository/files.ts';
import { LABS, ownerOf } from '../../../../pi/repository/owner.ts';
import { noRepository, repository } from '../../../../pi/repository.ts';
import { asWanted, given, KEY, lines, NAME, PREFERENCES, planned, type Seen } from '../../_repository.ts';
import { folderFor, sh } from '../../_sh.ts';

const own: Seen = { ...asWanted(given, 'two'), labs: ['two'] };
const theirs: Seen = { ...asWanted(given, 'other'), labs: ['other', 'two'] };
const debian = { kind: 'debian' } as const;
const ALL_KEPT = [`= ${KEY.path}`, `= ${PREFERENCES}`, `= ${SOURCE}`, `= ${NAME}`, '= mosquitto-clients'];
const ALL_REMOVED = [`- ${SOURCE}`, `- ${PREFERENCES}`, `- ${KEY.path}`, '~ mosquitto-clients'];

/** A file of the lab's with a line more, as anybody may write it there. */
const withLine = (line: string) => {
  const source = sourceFile(given, 'bookworm', KEY.path);
  return { ...source, content: `${line}\n${source.content}` };
};

test('a source names its lab, and on a machine that is all the lab’s none', (t) => {
  t.regex(sourceFile(given, 'bookworm', KEY.path, 'two').content, /^# Lab: two$/m);
  t.notRegex(sourceFile(given, 'bookworm', KEY.path).content, /Lab:/);
  t.deepEqual(lines(planned(repository('pi', given, 'two'), own).items), ALL_KEPT);
});

test('a lab without its folder on the host gets it, so that others see that the source is not left behind', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...own, labs: [] });
  t.is(items.find(({ name }) => name === NAME)?.detail, 'the lab has no folder there');
  t.deepEqual(changes, [`use the repository ${NAME}`]);
});

test('a source of before sources named their lab is one’s own', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...asWanted(given), labs: ['other'] });
  t.is(items.find(({ name }) => name === SOURCE)?.action, 'change');
  t.is(changes.length, 1);
  t.deepEqual(lines(planned([noRepository('two')], asWanted(given)).items), ALL_REMOVED);
});

test('a lab without a repository removes its own, and leaves another lab’s alone and says whose it is', (t) => {
  for (const resources of [repository('pi', debian, 'two'), [noRepository('two')]]) {
    t.deepEqual(lines(planned(resources, own).items), ALL_REMOVED);
    // also where the other lab is gone: somebody wanted it to stay
    for (const state of [theirs, { ...theirs, labs: [] }]) {
      const { items, changes } = planned(resources, state);
      t.deepEqual(items, [
        { action: 'unchanged', kind: 'file', name: SOURCE, detail: 'stays: it belongs to the lab "other"' },
      ]);
      t.deepEqual(changes, []);
    }
  }
});

test('preferences and keys without a source are nobody’s', (t) => {
  const state = { preferences: preferencesFile(given), labs: ['other'] };
  t.deepEqual(lines(planned([noRepository('two')], state).items), [`- ${PREFERENCES}`]);
});

test('another lab’s repository is not replaced: the host, whose it is, what to try, exit code 1', (t) => {
  const error = t.throws(() => planned(repository('hall', given, 'two'), theirs), { instanceOf: LabError });
  t.is(error?.exitCode, 1);
  const { subject, step, happened, advice = '' } = error?.trouble ?? { subject: '', step: '', happened: '' };
  t.is(subject, 'hall');
  t.is(step, `use the repository ${given.url}`);
  t.is(happened, `the lab "other" has its repository there (${SOURCE}), and a host has one at a time`);
  t.regex(advice, /`\.\/lab down other`/);
  t.regex(advice, /leave `repository` out/);
  // before it is looked at in other ways
  const unnamed = t.throws(() => planned(repository('hall', given, 'two'), { ...theirs, release: '' }), {
    instanceOf: LabError,
  });
  t.is(unnamed?.trouble.happened, happened);
});

test('what a lab that is gone has left is taken over', (t) => {
  const { items, changes } = planned(repository('pi', given, 'two'), { ...theirs, labs: ['two', 'others'] });
  t.deepEqual(lines(items), [`= ${KEY.path}`, `= ${PREFERENCES}`, `~ ${SOURCE}`, `~ ${NAME}`, '? mosquitto-clients']);
  t.regex(items.find(({ name }) => name === SOURCE)?.diff ?? '', /^-# Lab: other\n\+# Lab: two$/m);
  t.deepEqual(changes, [`use the repository ${NAME}`]);
});

test('an emulated machine is all its lab’s, whatever a file there says', (t) => {
  t.deepEqual(lines(planned(repository('pi', debian), theirs).items), ALL_REMOVED);
  t.is(planned(repository('pi', given), theirs).changes.length, 1);
});

/** What no lab can be called, and so no lab has written. */
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
  test(`a source of ${JSON.stringify(name)} is no other lab’s, and that is never shown as a lab’s name`, (t) => {
    t.false(labName.safeParse(name).success);
    const state = { ...asWanted(given), source: withLine(`# Lab: ${name}`), labs: [name] };
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

test('the labs of a host are the folders that they keep there', (t) => {
  const root = folderFor(t);
  const ask = () => sh(LABS.script.replaceAll('/var/lib/mqtt-lab', `${root}/kept`)).stdout;
  t.is(ask(), '');
  sh(`mkdir -p ${root}/kept/two ${root}/kept/.tools '${root}/kept/$(reboot)' && touch ${root}/kept/file`);
  t.is(ask(), '$(reboot)\ntwo\n');
});

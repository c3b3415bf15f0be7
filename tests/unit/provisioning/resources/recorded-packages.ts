import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { forgetAbsent, recordPackages } from '../../../../provisioning/resources/package-record.ts';
import { recorded, recordedPackages } from '../../../../provisioning/resources/recorded-packages.ts';
import { factsOf } from '../../_facts.ts';
import { folderFor, sh } from '../../_sh.ts';

/** [the host's answer; the fate of each package] */
const rows: readonly (readonly [output: string, fates: readonly string[]])[] = [
  ['', []],
  ['requested a\npackage a not-installed\nstate a install ok', ['purge a']],
  [
    'package a not-installed\npackage b config-files\nstate a install installed\nstate b install installed',
    ['purge a', 'remove b'],
  ],
  // recorded, and never installed or gone since
  ['package a not-installed\npackage b not-installed\nstate b install installed', ['purge b']],
  // removed by a user; the configuration files are the lab's or older
  ['package a not-installed\nstate a deinstall config-files', ['purge a']],
  ['package a config-files\nstate a deinstall config-files', []],
  // installed twice by the lab: the first time counts
  ['package a not-installed\npackage a config-files\nstate a install installed', ['purge a']],
  ['package a not-installed\nstate a hold installed', ['stay a: it is on hold']],
  ['package a not-installed\nstate a install installed\nwanted a', ['stay a: it is also marked as installed by hand']],
  [
    'package a not-installed\npackage b not-installed\nstate a install installed\nstate b install installed\nwith a a\nwith b a\nwith b b\nwith b theirs',
    ['purge a', 'stay b: theirs needs it'],
  ],
  // a killed dpkg has removed one, and apt does not know it yet
  ['package lib not-installed\npackage tool not-installed\nstate lib purge installed\nwith lib tool', ['purge lib']],
  // one that stays keeps what it needs
  [
    'package lib not-installed\npackage tool not-installed\nstate lib install installed\nstate tool install installed\nwanted tool\nwith lib lib\nwith lib tool\nwith tool tool',
    ['stay lib: tool needs it', 'stay tool: it is also marked as installed by hand'],
  ],
];

for (const [output, fates] of rows) {
  test(`decides about the record: ${output.replaceAll('\n', ' | ')}`, (t) => {
    const words = recorded({ code: 0, output }).map(
      (each) => `${each.fate} ${each.name}${each.fate === 'stay' ? `: ${each.why}` : ''}`,
    );
    t.deepEqual(words, fates);
  });
}

const BOTH =
  'package a not-installed\npackage b config-files\npackage c not-installed\nstate a install installed\nstate b install installed\nstate c hold installed';

function removal(output: string) {
  return recordedPackages('/var/lib/mqtt-lab/two').plan(factsOf(new Map([['recorded-packages', output]])), []);
}

test('removes packages in one change, and says which ones stay and why', (t) => {
  const { items, change } = removal(BOTH);
  t.deepEqual(
    items.map(({ action, name, detail }) => `${action} ${name}: ${detail}`),
    ['remove a: the lab installed it', 'remove b: the lab installed it', 'unchanged c: stays: it is on hold'],
  );
  t.is(change?.summary, 'remove a, b');
  t.is(removal('').change, undefined);
});

/** Runs the removal with stand-ins for apt-get and dpkg; gives the calls that it made, without apt's usual options. */
function remove(t: ExecutionContext, { output, states = '' }: { readonly output: string; readonly states?: string }) {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  const stub = (name: string, script: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  stub('apt-get', `echo "$*" | sed 's/^.*Use-Pty=0 //' >>${log}`);
  stub('dpkg', `echo "dpkg $*" >>${log}`);
  stub('dpkg-query', `printf '${states}'`);
  stub('ls', 'echo 0001');
  mkdirSync(join(folder, 'lab'));
  const script = (removal(output).change?.script ?? '').replaceAll('/var/lib/mqtt-lab/two', join(folder, 'lab'));
  const { code, stderr } = sh(script, { path: folder });
  t.is(code, 0, stderr);
  const record = readFileSync(join(folder, 'lab/packages'), 'utf8');
  return { calls: readFileSync(log, 'utf8').trim().split('\n'), record };
}

test('purges packages, but keeps configuration from before the lab', (t) => {
  const { calls, record } = remove(t, { output: BOTH });
  t.deepEqual(calls, ['dpkg --configure -a', 'purge a', 'remove b']);
  t.is(record, 'leaving a b\n');
});

test('purges a package that apt only removed', (t) => {
  const output = 'package a not-installed\nstate a install installed';
  t.deepEqual(remove(t, { output, states: 'config-files' }).calls, ['dpkg --configure -a', 'purge a', 'purge a']);
});

/** What apt writes to its hook, version 3, up to the packages and behind (apt.conf(5)). */
const FROM_APT = `VERSION 3
APT::Architecture=amd64

libcjson1 - - none < 1.7.15-1 amd64 same /var/cache/apt/archives/libcjson1_1.7.15-1_amd64.deb
adduser - - none < 3.134 all foreign /var/cache/apt/archives/adduser_3.134_all.deb
libssl3 3.0.1 amd64 same < 3.0.2 amd64 same /var/cache/apt/archives/libssl3_3.0.2_amd64.deb
libcjson1 - - none < 1.7.15-1 amd64 same **CONFIGURE**
old 1.0 amd64 none > - - none **REMOVE**
`;

test('records packages that apt installs with their earlier state, not those that it upgrades or removes', (t) => {
  const folder = join(folderFor(t), 'two');
  t.is(sh(recordPackages(folder, ['mosquitto', 'mosquitto-clients'])).code, 0);
  writeFileSync(join(folder, 'from-apt'), FROM_APT);
  const { code, stderr } = sh(`${folder}/note-packages <${folder}/from-apt`);
  t.is(code, 0, stderr);
  t.is(
    readFileSync(join(folder, 'packages'), 'utf8').replaceAll(/ (installed|not-installed|config-files)$/gm, ' STATE'),
    'requested mosquitto mosquitto-clients\npackage libcjson1:amd64 STATE\npackage adduser STATE\n',
  );
});

test('removes packages that a failed transaction did not install from the record', (t) => {
  const folder = folderFor(t);
  const record = join(folder, 'packages');
  const noted = 'requested base-files absent-one\npackage base-files not-installed\n';
  writeFileSync(record, `${noted}package absent-one not-installed\npackage absent-one:amd64 config-files\n`);
  t.is(sh(forgetAbsent(folder)).code, 0);
  t.is(readFileSync(record, 'utf8'), noted);
  // of configuration, what was there before
  const answers = `#!/bin/sh\n[ "$2" = dpkg ] || printf config-files\n`;
  writeFileSync(join(folder, 'dpkg-query'), answers, { mode: 0o755 });
  writeFileSync(record, 'package a config-files\npackage b not-installed\n');
  t.is(sh(forgetAbsent(folder), { path: folder }).code, 0);
  t.is(readFileSync(record, 'utf8'), 'package b not-installed\n');
  writeFileSync(record, noted);
  // a dpkg without answers
  writeFileSync(join(folder, 'dpkg-query'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  t.is(sh(forgetAbsent(folder), { path: folder }).code, 0);
  t.is(readFileSync(record, 'utf8'), noted);
});

test('fails the installation where the record cannot be written', (t) => {
  const folder = join(folderFor(t), 'two');
  sh(recordPackages(folder, ['mosquitto']));
  t.not(sh(`rm ${folder}/packages; mkdir ${folder}/packages; ${folder}/note-packages </dev/null`).code, 0);
});

test('fails the installation where the hook cannot be written', (t) => {
  const folder = join(folderFor(t), 'two');
  const { code } = sh(`mkdir -p ${folder}/note-packages; ${recordPackages(folder, ['mosquitto'])}\necho installed`);
  t.is(code, 1);
});

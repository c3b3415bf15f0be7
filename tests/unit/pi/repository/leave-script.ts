import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { shellScript } from '../../../../base/shell-script.ts';
import { PREFERENCES, SOURCE } from '../../../../pi/repository/files.ts';
import { leaveScript } from '../../../../pi/repository/leave-script.ts';
import { folderFor, sh } from '../../_sh.ts';

/** Makes packages of two sources in the working folder; the installed ones come from the repository. */
const MAKE = shellScript('_leave-host.sh', import.meta.url, { source_file: SOURCE, preferences_file: PREFERENCES });

/** An outdated list of the other source, with other packages at other places. */
const OUTDATE = `list=$(ls var/lib/apt/lists/*debian*)
sed -i 's|^Filename: pool/|&gone/|' "$list"
sed -n '1,/^$/p' "$list" | sed '/^Depends/d; s/^Package: .*/Package: libmosquitto-common1/' >>"$list"
touch -d 2020-01-01 "$list"`;

/** A folder instead of the root of a host, for this machine's apt and dpkg: its clients come from a repository of the lab "two". */
function host(t: ExecutionContext) {
  const root = folderFor(t);
  const run = (script: string) =>
    sh(`cd ${root}
export APT_CONFIG=${root}/apt.conf DPKG_ROOT=${root} DPKG_FORCE=downgrade,not-root,script-chrootless
${script.replaceAll(/(?<![\w.$])\/(?=(etc\/apt|var\/lib)\b)/g, `${root}/`)}`);
  const made = run(MAKE);
  t.is(made.code, 0, made.stderr);
  return {
    root,
    run,
    versions: () => run(`dpkg-query -W -f='\${Package} \${Version}\\n'`).stdout.trim().split('\n'),
    own: () => run(`ls .${SOURCE} .${PREFERENCES} etc/apt/keyrings/* var/lib/apt/lists/*ours* 2>/dev/null`).stdout,
  };
}

/** [case; the record of the lab's installations; the lab, undefined where the whole host is its own; the packages afterwards] */
const rows: readonly (readonly [what: string, record: string, lab: string | undefined, after: readonly string[]])[] = [
  [
    'packages that the lab did not install stay',
    '',
    'two',
    ['libmosquitto-common1 2', 'libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2'],
  ],
  [
    'a package that the lab installed and no other source has is removed',
    'package libmosquitto-common1 not-installed\n',
    'two',
    ['libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2'],
  ],
  ['the whole host is the lab’s', '', undefined, ['libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2']],
];

test('clients and libraries return to the other sources; without those sources nothing changes', (t) => {
  const { root, run, versions, own } = host(t);
  const [installed, files] = [versions(), own()];
  t.deepEqual(installed, ['libmosquitto-common1 2', 'libmosquitto1 2', 'mosquitto-clients 2', 'theirs 2']);
  t.is(files.split('\n').length, 5);
  run('mkdir saved && cp -a etc var saved');
  for (const [what, record, lab, after] of rows) {
    run('rm -r etc var && cp -a saved/* .');
    writeFileSync(`${root}/var/lib/mqtt-lab/two/packages`, record);
    if (lab === undefined) run(OUTDATE);
    if (record !== '') {
      run('rm var/lib/apt/lists/*debian* && mv debian away');
      t.not(run(leaveScript(lab)).code, 0);
      t.deepEqual([versions(), own()], [installed, files]);
      run('mv away debian');
    }
    const { code, stderr } = run(leaveScript(lab));
    t.is(code, 0, stderr);
    t.deepEqual(versions(), after, what);
    t.is(own(), '', what);
    t.is(
      run('ls etc/apt/sources.list.d etc/apt/preferences.d')
        .stdout.match(/\w+\.sources|mqtt/g)
        ?.join(),
      'debian.sources',
    );
    // still marked as a dependency
    t.regex(run('apt-mark showauto').stdout, /^libmosquitto1$/m, what);
  }
});

test('leaves a source that another lab now owns', (t) => {
  const root = folderFor(t);
  const run = (script: string) => sh(script.replaceAll('/etc/apt', `${root}/etc/apt`));
  run(`mkdir -p /etc/apt/sources.list.d; printf 'Types: deb\\n# Lab: two\\n' >${SOURCE}`);
  const { code, stderr } = run(leaveScript('three'));
  t.is(code, 1);
  t.is(stderr, `${root}${SOURCE} now belongs to another lab\n`);
  t.is(run(`find /etc/apt -type f; cat ${SOURCE}`).stdout, `${root}${SOURCE}\nTypes: deb\n# Lab: two\n`);
});

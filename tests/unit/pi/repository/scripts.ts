import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import { keyFile, PREFERENCES, preferencesFile, SOURCE, sourceFile } from '../../../../pi/repository/files.ts';
import { unlessAnothers } from '../../../../pi/repository/owner.ts';
import { leaveScript, useScript } from '../../../../pi/repository/scripts.ts';
import { given } from '../../_repository.ts';
import { folderFor, sh } from '../../_sh.ts';

/** Packages of both sources: what is installed is the repository's. */
const MAKE = `set -e
mkdir -p etc/apt/apt.conf.d etc/apt/sources.list.d etc/apt/preferences.d etc/apt/keyrings var/cache/apt/archives/partial
mkdir -p var/lib/apt/lists/partial var/lib/dpkg/updates var/lib/dpkg/info var/lib/dpkg/triggers var/lib/mqtt-lab/two var/log/apt build/DEBIAN
: >var/lib/dpkg/status
cat >apt.conf <<END
Dir "$PWD/";
Dir::State::status "$PWD/var/lib/dpkg/status";
Dir::Bin::Methods "/usr/lib/apt/methods";
Dir::Bin::dpkg "/usr/bin/dpkg";
APT::Sandbox::User "";
END
architecture=$(dpkg --print-architecture)
package() {
  index=$1/dists/s/main/binary-$architecture
  mkdir -p "$1/pool" "$index"
  {
    printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: lab <lab@lab.test>\\nDescription: nothing\\n' "$2" "$3"
    [ -z "$4" ] || echo "Depends: $4"
  } >build/DEBIAN/control
  deb=$1/pool/$2.deb
  dpkg-deb --build --root-owner-group -Znone build "$deb" >/dev/null
  cat build/DEBIAN/control - >>"$index/Packages" <<END
Filename: pool/$2.deb
Size: $(stat -c %s "$deb")
SHA256: $(sha256sum <"$deb" | cut -c1-64)

END
}
source() { printf 'Types: deb\\nURIs: file:%s\\nSuites: s\\nComponents: main\\nTrusted: yes\\n' "$PWD/$1"; }
package debian mosquitto-clients 1 'libmosquitto1 (>= 1)'
package debian libmosquitto1 1 ''
package debian theirs 1 ''
package ours mosquitto-clients 2 'libmosquitto1 (= 2), libmosquitto-common1 (= 2)'
package ours libmosquitto1 2 ''
package ours libmosquitto-common1 2 ''
package ours theirs 2 ''
source debian >etc/apt/sources.list.d/debian.sources
{ echo '# Lab: two'; source ours; } >.${SOURCE}
printf 'Package: *\\nPin: release *\\nPin-Priority: 500\\n' >.${PREFERENCES}
: >etc/apt/keyrings/mqtt-lab-0123456789abcdef.asc
apt-get --quiet update
apt-get --quiet --yes install mosquitto-clients theirs`;

/** The other source's list as of a time when its packages were elsewhere and more. */
const OUTDATE = `list=$(ls var/lib/apt/lists/*debian*)
sed -i 's|^Filename: pool/|&gone/|' "$list"
sed -n '1,/^$/p' "$list" | sed '/^Depends/d; s/^Package: .*/Package: libmosquitto-common1/' >>"$list"
touch -d 2020-01-01 "$list"`;

/** A folder as a host for this machine's apt and dpkg, which has clients of a repository of the lab "two"; runs scripts there. */
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

/** [what stays and what goes; what is noted of the lab's installations; whose the host is; what is installed afterwards] */
const rows: readonly (readonly [what: string, noted: string, lab: string | undefined, after: readonly string[]])[] = [
  [
    'what somebody else has installed stays as it is',
    '',
    'two',
    ['libmosquitto-common1 2', 'libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2'],
  ],
  [
    'what the lab has installed and nobody else has goes',
    'package libmosquitto-common1 not-installed\n',
    'two',
    ['libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2'],
  ],
  ['the whole machine is the lab’s', '', undefined, ['libmosquitto1 1', 'mosquitto-clients 1', 'theirs 2']],
];

test('leaving a repository gives clients and libraries back; without the other sources nothing is lost', (t) => {
  const { root, run, versions, own } = host(t);
  const [there, ours] = [versions(), own()];
  t.deepEqual(there, ['libmosquitto-common1 2', 'libmosquitto1 2', 'mosquitto-clients 2', 'theirs 2']);
  t.is(ours.split('\n').length, 5);
  run('mkdir saved && cp -a etc var saved');
  for (const [what, noted, lab, after] of rows) {
    run('rm -r etc var && cp -a saved/* .');
    writeFileSync(`${root}/var/lib/mqtt-lab/two/packages`, noted);
    if (lab === undefined) run(OUTDATE);
    if (noted !== '') {
      run('rm var/lib/apt/lists/*debian* && mv debian away');
      t.not(run(leaveScript(lab)).code, 0);
      t.deepEqual([versions(), own()], [there, ours]);
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
    // for the clients' sake only, as before
    t.regex(run('apt-mark showauto').stdout, /^libmosquitto1$/m, what);
  }
});

test('a lab that came in between keeps its source; a link in the place is none', (t) => {
  const root = folderFor(t);
  const run = (script: string) => sh(script.replaceAll('/etc/apt', `${root}/etc/apt`));
  const key = keyFile('a key\n');
  const use = (labs: readonly string[]) =>
    useScript(key, preferencesFile(given), sourceFile(given, 's', key.path, labs[0]), [], labs);
  run(`mkdir -p /etc/apt/sources.list.d; printf 'Types: deb\\n# Lab: two\\n' >${SOURCE}`);
  for (const script of [leaveScript('three'), use(['three']), use(['three', 'four'])]) {
    const { code, stderr } = run(script);
    t.is(code, 1, stderr);
    t.is(stderr, `${root}${SOURCE} belongs to another lab by now\n`);
  }
  t.is(run(`find /etc/apt -type f; cat ${SOURCE}`).stdout, `${root}${SOURCE}\nTypes: deb\n# Lab: two\n`);
  t.is(run(unlessAnothers(['two'])).code, 0);
  t.is(run(unlessAnothers(['three', 'two'])).code, 0);
  t.is(run(`mv ${SOURCE} ${root}/away; ln -s ${root}/away ${SOURCE}; ${unlessAnothers(['three'])}`).code, 0);
  t.is(run(`rm ${SOURCE}; ${unlessAnothers(['three'])}`).code, 0);
  t.is(run(`printf '# Lab: A\\n# Lab: a b\\n' >${SOURCE}; ${unlessAnothers(['three'])}`).code, 0);
});

/** Runs the script that uses a repository where apt, a stand-in, takes it or not; gives its exit code and what is there then. */
function use(t: ExecutionContext, labs: readonly string[], isTaken: boolean, before = "echo '# Lab: two' >") {
  const root = folderFor(t);
  const me = { owner: userInfo().username, group: sh('id -gn').stdout.trim() };
  const key = keyFile('a key\n');
  const files = [key, preferencesFile(given), sourceFile(given, 's', key.path, labs[0])] as const;
  const [own, preferences, source] = [
    { ...files[0], ...me },
    { ...files[1], ...me },
    { ...files[2], ...me },
  ];
  const run = (script: string) =>
    sh(script.replaceAll(/\/(?=(etc\/apt|var\/lib)\b)/g, `${root}/`), { path: `${root}/bin` });
  run(`cd ${root} && mkdir -p bin etc/apt/sources.list.d etc/apt/preferences.d var/lib/apt/lists
printf '#!/bin/sh\\nfor word; do case $word in Dir::State::lists=*) : >"\${word#*=}/x_y" ;; esac; done\\nexit ${isTaken ? 0 : 100}\\n' >bin/apt-get
printf '#!/bin/sh\\necho "  Candidate: 1"\\n' >bin/apt-cache
chmod 755 bin/*
${before}/etc/apt/sources.list.d/mqtt-lab.sources`);
  const { code, stderr } = run(useScript(own, preferences, source, [], labs));
  const there = run(`cd ${root} && sed -n 's/^# Lab: //p' etc/apt/sources.list.d/*; ls var/lib/apt/lists
if cd var/lib/mqtt-lab; then stat -c '%n %a' *; fi 2>/dev/null`);
  return { code, stderr, there: there.stdout.trim().split('\n') };
}

test('the lab has its folder on the host once its source is there, and not where apt refuses the repository', (t) => {
  const taken = use(t, ['three', 'two'], true);
  t.is(taken.code, 0, taken.stderr);
  t.deepEqual(taken.there, ['three', 'x_y', 'three 700']);
  const refused = use(t, ['three', 'two'], false);
  t.deepEqual([refused.code, refused.there], [100, ['two']]);
  // in time: a folder in the source's place can not be replaced
  const blocked = use(t, ['three'], true, 'mkdir ');
  t.not(blocked.code, 0);
  t.deepEqual(blocked.there, ['three 700']);
  // the machine is all the lab's
  const whole = use(t, [], true);
  t.is(whole.code, 0, whole.stderr);
  t.deepEqual(whole.there, ['x_y']);
});

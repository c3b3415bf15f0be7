import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { aptInstallScript, explainApt, LOCK_WAIT_S } from '../../../../provisioning/resources/apt.ts';
import { TOOLS } from '../../../../provisioning/resources/package-record.ts';
import { folderFor, sh } from '../../_sh.ts';

type Machine = {
  /** Whether there are package lists of the last day. */
  readonly fresh: boolean;
  /** What apt-get does, each time it is called: its words without the usual options are in $words, how often it was called with them in $times. */
  readonly aptGet: string;
  /** Names of the files in dpkg's journal. */
  readonly journal?: string;
  /** Output of `dpkg --audit`. */
  readonly audit?: string;
  /** What dpkg says to each call of `dpkg --configure -a`; $times as above. */
  readonly configure?: string;
  /** Output of dpkg-query about the packages after an installation. */
  readonly states?: string;
  /** Output of dpkg-query about all packages. */
  readonly allStates?: string;
};

/** Runs the script on a machine whose apt-get, dpkg, find, ls and sleep are stand-ins; gives the calls that it made. */
function install(
  t: ExecutionContext,
  { fresh, aptGet, journal = '', audit = '', configure = 'true', states = '', allStates = '' }: Machine,
) {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  const words = `words=$(printf '%s\n' "$@" | grep -vE '^(--quiet|--yes|--no-install-recommends|-o|.*=.*)$' | tr '\n' ' '); words=\${words% }`;
  const note = (what: string) => `echo "${what}" >>${log}; times=$(grep -cxF -e "${what}" ${log})`;
  const commands = {
    'apt-get': `${words}; ${note('$words')}; ${aptGet}`,
    dpkg: `[ "$1" = --audit ] && { printf '${audit}'; exit; }; ${note('dpkg $*')}; ${configure}`,
    'dpkg-query': `[ $# = 2 ] && printf '${allStates}' || printf '${states}'`,
    find: fresh ? 'echo /var/lib/apt/lists/x_Packages' : 'true',
    ls: `printf '${journal}'`,
    sleep: `echo "sleep $*" >>${log}`,
  };
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(log, '');
  const script = aptInstallScript({ packages: ['a', 'b'], halfDone: ['c'] });
  t.true(script.includes(`wait_s=${LOCK_WAIT_S}`));
  const { code, stderr } = sh(script.replace(`wait_s=${LOCK_WAIT_S}`, `wait_s=${TRIES}`), { path: folder });
  return { code, stderr, calls: readFileSync(log, 'utf8').split('\n').slice(0, -1) };
}

/** Each costs some processes, so the tests wait less often for a lock than the lab does. */
const TRIES = 5;
const LOCKED = 'echo "E: Could not get lock /var/lib/apt/lists/lock" >&2; exit 100';

const DPKG_LOCKED = 'echo "dpkg: error: dpkg frontend lock was locked by another process with pid 12" >&2; exit 2';
const INSTALL = '--no-remove install a b';
const SIMULATE = '--simulate install a b';
const CONFIGURE = 'dpkg --configure -a';
const REPAIR = '--fix-broken --no-remove install';

/** [case; the machine; calls; exit code] */
const rows: readonly (readonly [name: string, machine: Machine, calls: readonly string[], code: number])[] = [
  ['fresh lists', { fresh: true, aptGet: 'true' }, [INSTALL], 0],
  ['no lists', { fresh: false, aptGet: 'true' }, ['update', INSTALL], 0],
  [
    'lists that name a package which is gone',
    { fresh: true, aptGet: `[ "$words$times" != "${INSTALL}1" ]` },
    [INSTALL, 'check', 'update', INSTALL],
    0,
  ],
  [
    'another apt fetching its lists',
    { fresh: false, aptGet: `[ "$words" != update ] || [ "$times" -ge 3 ] || { ${LOCKED}; }` },
    ['update', 'sleep 1', 'update', 'sleep 1', 'update', INSTALL],
    0,
  ],
  ['no network', { fresh: false, aptGet: 'echo "E: Failed to fetch" >&2; exit 100' }, ['update', SIMULATE], 100],
  [
    'an installation that fails',
    { fresh: false, aptGet: `[ "$words" != "${INSTALL}" ]` },
    ['update', INSTALL, 'check', SIMULATE],
    100,
  ],
  ["a killed dpkg's journal", { fresh: true, aptGet: 'true', journal: '0001' }, [CONFIGURE, INSTALL], 0],
  [
    'a package half configured',
    { fresh: true, aptGet: 'true', audit: 'b is half configured' },
    [CONFIGURE, INSTALL],
    0,
  ],
  [
    'another dpkg at work',
    { fresh: true, aptGet: 'true', journal: '0001', configure: `[ "$times" -ge 3 ] || { ${DPKG_LOCKED}; }` },
    [CONFIGURE, 'sleep 1', CONFIGURE, 'sleep 1', CONFIGURE, INSTALL],
    0,
  ],
  [
    'a package without what it needs: --configure fails, and so does apt',
    {
      fresh: true,
      audit: 'a is unpacked',
      configure: 'exit 1',
      aptGet: `case $words$times in "${INSTALL}1"|check1) exit 100 ;; esac`,
    },
    [CONFIGURE, INSTALL, CONFIGURE, REPAIR, INSTALL],
    0,
  ],
  [
    'a package that the wanted ones need, and that lacks some of its files',
    { fresh: true, aptGet: 'true', audit: 'd is half installed', allStates: 'ii  libc6\\niH  d\\niUR e\\niF  f\\n' },
    [CONFIGURE, '--no-remove install --reinstall d', '--no-remove install --reinstall e', INSTALL],
    0,
  ],
  [
    'a package with a missing dependency that dpkg does not report',
    { fresh: true, aptGet: `case $words$times in "${INSTALL}1"|check1) exit 100 ;; esac` },
    [INSTALL, 'check', REPAIR, INSTALL],
    0,
  ],
  [
    'a package that lacks some of its files, which apt takes for installed',
    { fresh: true, aptGet: 'true', states: 'ii  a\\niHR b\\nrH  c\\n' },
    [INSTALL, '--no-remove install --reinstall b c'],
    0,
  ],
];

for (const [name, machine, calls, code] of rows) {
  test(name, (t) => {
    const result = install(t, machine);
    t.deepEqual(result.calls, calls);
    t.is(result.code, code);
  });
}

test("waits for a lock, up to a limit, and shows apt's message", (t) => {
  const { code, stderr, calls } = install(t, { fresh: false, aptGet: LOCKED });
  t.is(code, 100);
  t.is(calls.filter((call) => call === 'update').length, TRIES);
  t.regex(stderr, /Could not get lock/);
});

test('names a list that could not be fetched when the installation fails', (t) => {
  const aptGet = `case $words in update) echo 'W: Failed to fetch x' ;; *install*) echo 'E: Unable to locate package a' >&2; exit 100 ;; esac`;
  const { stderr } = install(t, { fresh: false, aptGet });
  t.is(stderr, 'E: Unable to locate package a\nW: Failed to fetch x\n');
});

test('shows apt’s other messages', (t) => {
  t.regex(install(t, { fresh: false, aptGet: 'echo "E: Failed to fetch" >&2; exit 100' }).stderr, /Failed to fetch/);
});

test('names the packages that apt would have to remove, and removes none', (t) => {
  const refusal = 'E: Packages need to be removed but remove is disabled.';
  const aptGet = `case $words in
"${INSTALL}") echo "${refusal}" >&2; exit 100 ;;
"${SIMULATE}") printf 'Inst a (1)\nRemv theirs [2:1.0-1]\nRemv other [3] []\nConf a (1)\n' ;;
*install*) exit 1 ;;
esac`;
  const { code, stderr } = install(t, { fresh: true, aptGet });
  t.is(code, 100);
  const explained = explainApt(stderr);
  t.regex(
    explained?.happened ?? '',
    /remove theirs, other\b[^\n]*\n {4}Remv theirs \[2:1\.0-1\]\n {4}Remv other \[3\] \[\]\n/,
  );
  t.true(explained?.happened.endsWith(`\n    ${refusal}`));
  t.regex(explained?.advice ?? '', /sudo apt-get remove theirs other\b/);
  t.is(explainApt('E: Unable to locate package a'), undefined);
});

test('removes what apt did not install from a lab’s record, not from that of the tools, which labs share', (t) => {
  const folder = folderFor(t);
  const bin = join(folder, 'bin');
  const record = join(folder, 'lab', 'packages');
  const commands = {
    'apt-get': `for word; do [ "$word" != install ] || echo 'package a not-installed' >>${record}; done; exit 100`,
    dpkg: 'true',
    'dpkg-query': '[ "$2" = dpkg ]',
  };
  sh(`mkdir -p ${bin} ${folder}/lab`);
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const failed = (of: string) =>
    sh(aptInstallScript({ packages: ['a'], record: of }).replaceAll(of, join(folder, 'lab')), { path: bin }).code;
  t.is(failed('/var/lib/mqtt-lab/two'), 100);
  t.is(readFileSync(record, 'utf8'), 'requested a\n');
  t.is(failed(TOOLS), 100);
  t.regex(readFileSync(record, 'utf8'), /^package a not-installed$/m);
});

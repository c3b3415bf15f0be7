import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { aptInstallScript } from '../../../../provisioning/resources/apt.ts';
import { folderFor, sh } from '../../_sh.ts';

type Machine = {
  /** Whether there are package lists of the last day. */
  readonly fresh: boolean;
  /** What apt-get does, each time it is called: its last word (update or a package) is in $verb. */
  readonly aptGet: string;
  readonly dpkgInterrupted?: boolean;
};

/** Runs the script on a machine whose apt-get, dpkg, find, ls and sleep are stand-ins; gives the calls that it made. */
function install(t: ExecutionContext, { fresh, aptGet, dpkgInterrupted = false }: Machine) {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  const verb = 'for word in "$@"; do case $word in update|install) verb=$word ;; esac; done';
  const commands = {
    'apt-get': `${verb}; echo "$verb" >>${log}; times=$(grep -c "^$verb$" ${log}); ${aptGet}`,
    dpkg: `echo "dpkg $*" >>${log}`,
    find: fresh ? 'echo /var/lib/apt/lists/x_Packages' : 'true',
    ls: dpkgInterrupted ? 'echo 0001' : 'true',
    sleep: `echo "sleep $*" >>${log}`,
  };
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(log, '');
  const { code, stderr } = sh(aptInstallScript(['mosquitto', 'mosquitto-clients']), { path: folder });
  return { code, stderr, calls: readFileSync(log, 'utf8').split('\n').slice(0, -1) };
}

const LOCKED = 'echo "E: Could not get lock /var/lib/apt/lists/lock" >&2; exit 100';

/** [what the machine is like; calls; exit code] */
const rows: readonly (readonly [name: string, machine: Machine, calls: readonly string[], code: number])[] = [
  ['fresh lists', { fresh: true, aptGet: 'true' }, ['install'], 0],
  ['no lists', { fresh: false, aptGet: 'true' }, ['update', 'install'], 0],
  [
    'lists that name a package which is gone',
    { fresh: true, aptGet: '[ "$verb$times" != install1 ]' },
    ['install', 'update', 'install'],
    0,
  ],
  [
    'another apt fetching its lists',
    { fresh: false, aptGet: `[ "$verb" = install ] || [ "$times" -ge 3 ] || { ${LOCKED}; }` },
    ['update', 'sleep 1', 'update', 'sleep 1', 'update', 'install'],
    0,
  ],
  ['no network', { fresh: false, aptGet: 'echo "E: Failed to fetch" >&2; exit 100' }, ['update'], 100],
  ['an installation that fails', { fresh: false, aptGet: '[ "$verb" = update ]' }, ['update', 'install'], 1],
  [
    'a dpkg that was interrupted',
    { fresh: true, aptGet: 'true', dpkgInterrupted: true },
    ['dpkg --configure -a', 'install'],
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

test("a lock is waited for, but not for ever, and apt's words are told", (t) => {
  const { code, stderr, calls } = install(t, { fresh: false, aptGet: LOCKED });
  t.is(code, 100);
  t.is(calls.filter((call) => call === 'update').length, 120);
  t.regex(stderr, /Could not get lock/);
});

test('other words of apt are told too', (t) => {
  t.regex(install(t, { fresh: false, aptGet: 'echo "E: Failed to fetch" >&2; exit 100' }).stderr, /Failed to fetch/);
});

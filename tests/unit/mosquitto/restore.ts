import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { backup } from '../../../mosquitto/backup.ts';
import { restoreBackup } from '../../../mosquitto/restore.ts';
import type { Item } from '../../../provisioning/resources/resource.ts';
import { folderFor, programsFor, sh } from '../_sh.ts';
import { itemTexts, planOf } from './_resource.ts';

const FOLDER = '/var/lib/mqtt-lab/two';
const restore = restoreBackup('two');

test('plans to restore the backup, and keeps the accounts of a package that stays', (t) => {
  t.is(planOf(restore, '').change, undefined);
  t.is(planOf(restore, 'backup').change?.summary, `remove ${FOLDER}`);
  const found = 'backup\nfolder /etc/mosquitto\nprocess 0 bW9zcXVpdHRv /\naccount passwd\naccount group';
  const all = [
    'change folder /etc/mosquitto',
    'remove user mosquitto',
    'remove group mosquitto',
    'change service mosquitto',
    `remove backup ${FOLDER}`,
  ];
  const purged: Item = { action: 'remove', kind: 'package', name: 'mosquitto' };
  t.deepEqual(itemTexts(planOf(restore, found).items), all);
  t.deepEqual(itemTexts(planOf(restore, `${found}\ninstalled`, [purged]).items), all);
  t.deepEqual(
    itemTexts(planOf(restore, `${found}\ninstalled`).items),
    all.filter((text) => !/user|group/.test(text)),
  );
});

const WANTS = 'etc/systemd/system/multi-user.target.wants';
const NOTES = 'var/lib/systemd/deb-systemd-helper-enabled/multi-user.target.wants';
const UNIT = 'mosquitto.service';

/** A folder instead of the root of a host with Mosquitto's files and without its package. */
function host(t: ExecutionContext) {
  const root = folderFor(t);
  const at = (path: string) => join(root, path);
  for (const folder of ['etc/mosquitto/conf.d', 'var/lib/mosquitto', 'run', WANTS, NOTES])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('etc/mosquitto/conf.d/own.conf'), 'own', { mode: 0o640 });
  utimesSync(at('etc/mosquitto/conf.d/own.conf'), 1, 1_700_000_000);
  writeFileSync(at('var/lib/mosquitto/mosquitto.db'), 'data');
  // no package, the account exists, nothing runs
  const path = programsFor(t, { 'dpkg-query': 'exit 1', getent: 'exit 0' });
  const run = (script: string) => {
    const local = script.replaceAll(
      /\/(etc\/(?:mosquitto|systemd|\*)|var\/(?:lib|log)\/mosquitto|var\/lib\/(?:mqtt-lab|systemd)|run\/)/g,
      `${root}/$1`,
    );
    // whatever runs on this machine is not that host's
    return sh(local.replaceAll('pids_of() {', 'pids_of() {\n  return'), { path });
  };
  return { at, run };
}

test('restores the state of the backup, whatever the lab did in between', (t) => {
  const { at, run } = host(t);
  const made = backUp(run);
  t.is(made.code, 0, made.stderr);
  t.regex(readFileSync(at('var/lib/mqtt-lab/two/state'), 'utf8'), /^absent \S+\/var\/log\/mosquitto$/m);

  // the lab takes over, its broker writes data, and a user adds a file
  sh(`rm ${at('etc/mosquitto/conf.d/own.conf')} ${at('var/lib/mqtt-lab/two/data-untouched')}
mkdir ${at('var/log/mosquitto')} -p && echo log >${at('var/log/mosquitto/mosquitto.log')}
echo lab >${at('var/lib/mosquitto/mosquitto.db')}; echo lab >${at('var/lib/mosquitto/lab')}
echo added >${at('etc/mosquitto/conf.d/added.conf')}`);

  const answer = run(restore.queries[0]?.script ?? '').stdout;
  t.regex(answer, /^folder \S+\/etc\/mosquitto$/m);
  t.regex(answer, /^foreign \S+\/added\.conf$/m);
  t.notRegex(answer, /own\.conf/);
  const restored = run(planOf(restore, 'backup').change?.script ?? '');
  t.is(restored.code, 0, restored.stderr);
  const own = statSync(at('etc/mosquitto/conf.d/own.conf'));
  t.deepEqual([own.mode & 0o777, own.mtimeMs], [0o640, 1_700_000_000_000]);
  t.is(readFileSync(at('var/lib/mosquitto/mosquitto.db'), 'utf8'), 'data');
  t.is(readFileSync(at('etc/mosquitto/conf.d/added.conf'), 'utf8'), 'added\n');
  for (const gone of ['var/lib/mosquitto/lab', 'var/log/mosquitto', 'var/lib/mqtt-lab'])
    t.false(existsSync(at(gone)), gone);
});

/** Backs the host up before the lab changes it. */
function backUp(run: ReturnType<typeof host>['run']) {
  const change = { summary: 'other', script: '', timeoutMs: 1 };
  const others = [{ id: 'other', queries: [], plan: () => ({ items: [], change }) }];
  return run(planOf(backup({ name: 'two' }, others), '').change?.script ?? '');
}

/** [files before the lab; files that the purge leaves; files after the restore; files that the plan removes] */
const units: Readonly<
  Record<string, readonly [before: string, left: string, after: readonly string[], planned: readonly string[]]>
> = {
  'what a purge forgot when it was killed': [
    '',
    `ln -s /lib/gone ${WANTS}/${UNIT}; : >${NOTES}/${UNIT}`,
    [],
    [UNIT, UNIT],
  ],
  'a mask without a note': ['', `ln -s /dev/null etc/systemd/system/${UNIT}`, [], [UNIT]],
  'a link that was there before': [`ln -s /lib/gone ${WANTS}/${UNIT}`, '', [`${WANTS}/${UNIT}`], []],
  "a user's own unit": [
    '',
    `echo own >etc/systemd/system/${UNIT}; ln -s ../${UNIT} ${WANTS}/${UNIT}`,
    [`etc/systemd/system/${UNIT}`, `${WANTS}/${UNIT}`],
    [],
  ],
};

for (const [name, [before, left, after, planned]] of Object.entries(units)) {
  test(`restores the files of the unit: ${name}`, (t) => {
    const { at, run } = host(t);
    sh(`cd ${at('')} && ${before || ':'}`);
    t.is(backUp(run).code, 0);
    sh(`cd ${at('')} && ${left || ':'}`);
    const remnants = [...run(restore.queries[0]?.script ?? '').stdout.matchAll(/^remnant .*\/(\S+)$/gm)];
    t.deepEqual(
      remnants.map(([, file]) => file),
      planned,
    );
    t.is(run(planOf(restore, 'backup').change?.script ?? '').code, 0);
    const found = sh(`cd ${at('')} && find etc/systemd var/lib/systemd ! -type d | sort`).stdout;
    t.deepEqual(found.split('\n').filter(Boolean), after);
  });
}

test('keeps and names a file that a user has changed since', (t) => {
  const { at, run } = host(t);
  mkdirSync(at('var/lib/mqtt-lab/two'), { recursive: true });
  const copies = join(at('var/lib/mqtt-lab/two/files'), at('etc'));
  sh(`mkdir -p '${copies}' && cp -a '${at('etc/mosquitto')}' '${copies}' && : >'${at('var/lib/mqtt-lab/two/state')}'`);
  writeFileSync(at('etc/mosquitto/conf.d/own.conf'), 'changed');
  t.regex(run(restore.queries[0]?.script ?? '').stdout, /^foreign \S+\/own\.conf$/m);
  const { code, stdout } = run(planOf(restore, 'backup').change?.script ?? '');
  t.is(code, 0);
  t.regex(stdout, /^not restored, .*own\.conf$/m);
  t.is(readFileSync(at('etc/mosquitto/conf.d/own.conf'), 'utf8'), 'changed');
});

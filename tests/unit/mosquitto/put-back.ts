import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { backup, dataBackup } from '../../../mosquitto/backup.ts';
import { labBroker, putBack } from '../../../mosquitto/put-back.ts';
import type { Item, Resource } from '../../../provisioning/resources/resource.ts';
import { factsOf } from '../_facts.ts';
import { sh } from '../_sh.ts';

const two = { name: 'two' };
const KEPT = '/var/lib/mqtt-lab/two';
const change = { summary: 'install it', script: 'true', timeoutMs: 1 };
const wants = (isChanged: boolean): Resource => ({
  id: 'rest',
  queries: [],
  plan: () => ({ items: [], ...(isChanged ? { change } : {}) }),
});
const words = (items: readonly Item[]) => items.map(({ action, kind, name }) => `${action} ${kind} ${name}`);

/** [what the host tells; whether anything is to be changed there; what becomes of the backup] */
const backups: readonly (readonly [told: string, isChanged: boolean, planned: readonly string[]])[] = [
  ['', true, [`create backup ${KEPT}`]],
  ['', false, []],
  ['runs', true, [`create backup ${KEPT}`]],
  ['kept', true, [`unchanged backup ${KEPT}`]],
  ['kept\ndata\nown', false, [`unchanged backup ${KEPT}`]],
  // a lab of an earlier version: what was before it is not known
  ['own\nruns', true, []],
];

for (const [told, isChanged, planned] of backups) {
  test(`backup: ${told.replaceAll('\n', ' ') || 'nothing'}, ${isChanged ? 'something' : 'nothing'} to change`, (t) => {
    const { items, change: own } = backup(two, [wants(isChanged)]).plan(factsOf(new Map([['backup', told]])), []);
    t.deepEqual(words(items), planned);
    t.is(own === undefined, !planned.some((word) => word.startsWith('create')));
  });
}

test('backup: a host that is half given back is not taken again, since the backup would be taken for spent', (t) => {
  const plan = () => backup(two, [wants(true)]).plan(factsOf(new Map([['backup', 'kept\ndata\nrestoring']])), []);
  const error = t.throws(plan, { instanceOf: LabError });
  t.is(error?.exitCode, 2);
  t.regex(error?.message ?? '', /given the host back in part.*\n {2}try: `\.\/lab down` first/);
});

/** [what the host tells; whether the backup is planned; whether the data is copied before the lab's broker starts] */
const data: readonly (readonly [told: string, isPlanned: boolean, isCopied: boolean])[] = [
  ['', false, false],
  ['', true, false],
  ['runs', true, true],
  ['kept\nruns', false, true],
  // it was ended since
  ['kept', false, true],
  ['kept\ndata\nruns', false, false],
  ['own\nruns', false, false],
];

for (const [told, isPlanned, isCopied] of data) {
  test(`data: ${told.replaceAll('\n', ' ') || 'nothing'}${isPlanned ? ', backup planned' : ''}: ${isCopied ? 'copied' : 'left'}`, (t) => {
    const earlier: Item[] = isPlanned ? [{ action: 'create', kind: 'backup', name: KEPT }] : [];
    const plan = dataBackup(two).plan(factsOf(new Map([['backup', told]])), earlier);
    t.is(plan.change !== undefined, isCopied);
  });
}

test("the lab's broker is stopped and its files go; where another lab has the host, nothing is touched", (t) => {
  const plan = (told: string) => labBroker('two').plan(factsOf(new Map([['lab-broker', told]])), []);
  t.is(plan('').change, undefined);
  const { items, change: stop } = plan('process 7\nfile /etc/mosquitto/conf.d/lab.conf\nfile /etc/mosquitto/lab.acl');
  t.deepEqual(words(items), [
    'remove process mosquitto 7',
    'remove file /etc/mosquitto/conf.d/lab.conf',
    'remove file /etc/mosquitto/lab.acl',
  ]);
  t.is(stop?.summary, 'stop the broker, remove /etc/mosquitto/conf.d/lab.conf, /etc/mosquitto/lab.acl');
  const error = t.throws(() => plan('other three'), { instanceOf: LabError });
  t.regex(error?.message ?? '', /it belongs to the lab "three" now\n {2}try: .*`\.\/lab down three`/);
});

test('what was there is put back; the accounts of a package that stays do, too', (t) => {
  const plan = (told: string, earlier: readonly Item[] = []) =>
    putBack('two').plan(factsOf(new Map([['what-was-before', told]])), earlier);
  t.is(plan('').change, undefined);
  t.is(plan('folder').change?.summary, `forget the lab: remove ${KEPT}`);
  const there = 'folder\ntree /etc/mosquitto\nprocess 0 bW9zcXVpdHRv /\naccount passwd\naccount group';
  const all = [
    'change folder /etc/mosquitto',
    'remove user mosquitto',
    'remove group mosquitto',
    'change service mosquitto',
    `remove backup ${KEPT}`,
  ];
  t.deepEqual(words(plan(there).items), all);
  t.deepEqual(
    words(plan(`${there}\ninstalled`, [{ action: 'remove', kind: 'package', name: 'mosquitto' }]).items),
    all,
  );
  t.deepEqual(
    words(plan(`${there}\ninstalled`).items),
    all.filter((word) => !/user|group/.test(word)),
  );
});

test('the scripts and questions are shell', (t) => {
  const resources = [backup(two, []), dataBackup(two), labBroker('two'), putBack('two')];
  const facts = factsOf(
    new Map([
      ['backup', 'kept'],
      ['lab-broker', 'process 7\nfile x'],
      ['what-was-before', 'folder'],
    ]),
  );
  const scripts = resources.flatMap((resource) => [
    ...resource.queries.map(({ script }) => `( ${script}\n)`),
    ...[resource.plan(facts, []).change?.script ?? ''],
  ]);
  scripts.push(backup(two, [wants(true)]).plan(factsOf(new Map()), []).change?.script ?? '');
  for (const script of scripts) {
    const { code, stderr } = sh(`sh -n <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);
    t.is(code, 0, `${stderr}\n${script}`);
  }
});

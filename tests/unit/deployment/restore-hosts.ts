import test from 'ava';
import { addManagedHosts, managedHosts } from '../../../deployment/address-book.ts';
import { restoreHosts } from '../../../deployment/apply-plan.ts';
import { planLab } from '../../../deployment/plan-lab.ts';
import {
  abandonedHosts,
  hostsToRestore,
  type LabToRemove,
  restoreResources,
} from '../../../deployment/restore-hosts.ts';
import { labOf } from '../_lab.ts';
import { type ScriptedHost, scriptedHosts } from '../_scripted-hosts.ts';
import { folderFor } from '../_sh.ts';
import { NOTHING_TO_RESTORE, TO_RESTORE } from './_hosts.ts';
import { at, HALL, KITCHEN } from './_managed-hosts.ts';

const USERS = 'name: two\nusers: { sam: { password: sam } }\nbroker: { host: external, address: there }\n';
const labIn = (directory: string, text: string) => ({ ...labOf(`${USERS}${text}`), directory });

test('restores in up a Pi that moved or left the lab file, not a renamed one', async (t) => {
  const lab = labIn(
    folderFor(t),
    'pis: { hall: { host: "ssh://pi@new.local" }, cellar: { host: "ssh://pi@kitchen.local:2222" } }',
  );
  await addManagedHosts(lab, [HALL, KITCHEN, { name: 'broker', host: { kind: 'local' } }]);
  t.deepEqual(
    (await abandonedHosts(lab)).map(({ name, place, purpose }) => [name, place.kind, purpose]),
    [
      ['hall (hall.local)', 'ssh', 'restore'],
      ['broker (this machine)', 'local', 'restore'],
    ],
  );
});

test('restores in down the hosts of the lab file and of the address book, each once', async (t) => {
  const lab = labIn(folderFor(t), 'pis: { hall: { host: "ssh://pi@hall.local" } }');
  await addManagedHosts(lab, [HALL, KITCHEN]);
  const names = async (of: LabToRemove) => (await hostsToRestore(of, { keepPackages: false })).map(({ name }) => name);
  t.deepEqual(await names(lab), ['hall', 'kitchen']);
  // by its name, without the lab file
  t.deepEqual(await names({ name: 'two', directory: lab.directory }), ['hall', 'kitchen']);
  t.deepEqual(await names({ name: 'three', directory: lab.directory }), []);
});

test('restores the broker before its packages, and the state before the lab last', (t) => {
  const ids = (keepPackages: boolean) => restoreResources('two', { keepPackages }).map(({ id }) => id);
  t.is(ids(false).length, 5);
  t.deepEqual(ids(true), [ids(false)[0], 'client certificates', ids(false)[4]]);
  t.is(ids(false)[2], 'packages');
});

/** A broker's host that the lab has changed. */
const CHANGED = {
  ...NOTHING_TO_RESTORE,
  'lab-broker': 'process 70\nfile /etc/mosquitto/conf.d/lab.conf',
  'recorded-packages': 'package mosquitto not-installed\nstate mosquitto install installed',
  restore: 'backup\naccount passwd',
};
const STEPS = {
  'stop the broker': { 'lab-broker': '' },
  'remove mosquitto': { 'recorded-packages': '' },
  restore: { restore: '' },
};
const IN_ORDER = ['stop the broker, remove /etc/mosquitto/conf.d/lab.conf', 'remove mosquitto', /^restore/];

/** [the host; changes that are made; steps that are left; whether it stays in the address book] */
const rows: Readonly<
  Record<string, readonly [ScriptedHost | undefined, changes: number, left: number, stays: boolean]>
> = {
  'is restored': [{ facts: CHANGED, steps: STEPS }, 3, 0, false],
  'has nothing to restore': [{ facts: NOTHING_TO_RESTORE }, 0, 0, false],
  'fails to remove packages': [{ facts: CHANGED, steps: { ...STEPS, 'remove mosquitto': 'E: locked' } }, 1, 2, true],
  'is out of reach': [undefined, 0, 0, true],
};

for (const [name, [host, changes, left, stays]] of Object.entries(rows)) {
  test(`reports in down a host that ${name}, beside a restored one`, async (t) => {
    const signal = new AbortController().signal;
    const lab = { directory: folderFor(t), name: 'two' };
    const other = { ...TO_RESTORE, name: 'kitchen', place: KITCHEN.host };
    await addManagedHosts(lab, [{ name: 'hall', host: at('old') }, KITCHEN]);
    const { open, log } = scriptedHosts({
      ...(host === undefined ? {} : { old: host }),
      [KITCHEN.host.address]: { facts: CHANGED, steps: STEPS },
    });
    await using plan = await planLab([TO_RESTORE, other], { signal, open });
    const [first, second] = await restoreHosts(plan, { lab, report: () => undefined, signal });
    t.deepEqual([first?.state === 'failed', first?.changes.length, first?.left], [stays, changes, left]);
    t.is(second?.changes.length, 3);
    const steps = log.filter((line) => line.startsWith('kitchen: ')).map((line) => line.slice('kitchen: '.length));
    t.is(steps.length, IN_ORDER.length);
    for (const [index, step] of IN_ORDER.entries()) t.regex(steps[index] ?? '', new RegExp(step));
    t.deepEqual(
      (await managedHosts(lab)).map((managed) => managed.name),
      stays ? ['hall'] : [],
    );
  });
}

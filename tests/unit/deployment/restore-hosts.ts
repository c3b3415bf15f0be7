import test from 'ava';
import { addManagedHosts } from '../../../deployment/address-book.ts';
import {
  abandonedHosts,
  hostsToRestore,
  type LabToRemove,
  restoreResources,
} from '../../../deployment/restore-hosts.ts';
import { labOf } from '../_lab.ts';
import { folderFor } from '../_sh.ts';
import { HALL, KITCHEN } from './_managed-hosts.ts';

const USERS = 'name: two\nusers: { sam: { password: sam } }\nbroker: { host: external, address: there }\n';
const labIn = (directory: string, text: string) => ({ ...labOf(`${USERS}${text}`), directory });

test('up restores a Pi that was moved or removed from the lab file, not one that was renamed', async (t) => {
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

test('down restores the hosts of the lab file and of the address book, each once', async (t) => {
  const lab = labIn(folderFor(t), 'pis: { hall: { host: "ssh://pi@hall.local" } }');
  await addManagedHosts(lab, [HALL, KITCHEN]);
  const names = async (of: LabToRemove) => (await hostsToRestore(of, { keepPackages: false })).map(({ name }) => name);
  t.deepEqual(await names(lab), ['hall', 'kitchen']);
  // by its name, without the lab file
  t.deepEqual(await names({ name: 'two', directory: lab.directory }), ['hall', 'kitchen']);
  t.deepEqual(await names({ name: 'three', directory: lab.directory }), []);
});

test('restores in order: the broker before its packages, what was there before the lab last', (t) => {
  const ids = (keepPackages: boolean) => restoreResources('two', { keepPackages }).map(({ id }) => id);
  t.is(ids(false).length, 4);
  t.deepEqual(ids(true), [ids(false)[0], ids(false)[3]]);
  t.is(ids(false)[1], 'packages');
});

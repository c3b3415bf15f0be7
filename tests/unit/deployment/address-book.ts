import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { Secret } from '../../../base/secret.ts';
import { addVisits, forgetVisits, type Visit, visited } from '../../../deployment/address-book.ts';
import { hostsToGiveBack, leftHosts } from '../../../deployment/restore-hosts.ts';
import { labOf } from '../_lab.ts';
import { folderFor } from '../_sh.ts';

const at = (address: string, port?: number) => {
  return { kind: 'ssh' as const, user: 'pi', address, port, identity: undefined, hostKey: undefined };
};
const HALL: Visit = { name: 'hall', host: at('hall.local') };
const KITCHEN: Visit = { name: 'kitchen', host: at('kitchen.local', 2222) };
const USERS = 'name: two\nusers: { sam: { password: sam } }\nbroker: { host: external, address: there }\n';
const labIn = (directory: string, text: string) => ({ ...labOf(`${USERS}${text}`), directory });

test('the address book: what was added is there until it is forgotten, for its owner only, and without passwords', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const file = join(lab.directory, '.lab', 'hosts', 'two.json');
  t.deepEqual(await visited(lab), []);
  await addVisits(lab, [{ ...HALL, host: { ...at('hall.local'), password: new Secret('hush') } }]);
  await addVisits(lab, [HALL, KITCHEN]);
  t.deepEqual(await visited(lab), [HALL, KITCHEN]);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.notRegex(readFileSync(file, 'utf8'), /hush|secret/);
  await forgetVisits(lab, [HALL]);
  t.deepEqual(await visited(lab), [KITCHEN]);
  await forgetVisits(lab, [KITCHEN]);
  t.throws(() => statSync(file));
});

test('a host is in the book once, by its address; its name is the last one', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  await addVisits(lab, [HALL]);
  await addVisits(lab, [{ ...HALL, name: 'cellar' }]);
  t.deepEqual(await visited(lab), [{ ...HALL, name: 'cellar' }]);
});

test('a book that can not be read: which file, and what to do', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  await addVisits(lab, [HALL]);
  const file = join(lab.directory, '.lab', 'hosts', 'two.json');
  for (const text of ['{', '{"hosts":[{"name":"hall"}]}']) {
    writeFileSync(file, text);
    const error = await t.throwsAsync(visited(lab), { instanceOf: LabError });
    t.regex(error?.message ?? '', /two\.json can't be read: it (is no JSON|has another form)\n {2}try: remove it/);
  }
});

test('what the lab file no longer has is given back by up: a Pi that was moved or taken out, not one that was renamed', async (t) => {
  const lab = labIn(
    folderFor(t),
    'pis: { hall: { host: "ssh://pi@new.local" }, cellar: { host: "ssh://pi@kitchen.local:2222" } }',
  );
  await addVisits(lab, [HALL, KITCHEN, { name: 'broker', host: { kind: 'local' } }]);
  const left = await leftHosts(lab);
  t.deepEqual(
    left.map(({ name, place, isLeft }) => [name, place, isLeft]),
    [
      ['hall (hall.local)', 'ssh', true],
      ['broker (this machine)', 'local', true],
    ],
  );
});

test('down gives back what is in the lab file and what is in the book, each host once', async (t) => {
  const lab = labIn(folderFor(t), 'pis: { hall: { host: "ssh://pi@hall.local" } }');
  await addVisits(lab, [HALL, KITCHEN]);
  const names = async (of: Parameters<typeof hostsToGiveBack>[0]) =>
    (await hostsToGiveBack(of, false)).map(({ name }) => name);
  t.deepEqual(await names(lab), ['hall', 'kitchen']);
  // by its name alone
  t.deepEqual(await names({ name: 'two', directory: lab.directory }), ['hall', 'kitchen']);
  t.deepEqual(await names({ name: 'three', directory: lab.directory }), []);
});

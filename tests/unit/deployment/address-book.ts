import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { Secret } from '../../../base/secret.ts';
import { addManagedHosts, forgetManagedHosts, managedHosts } from '../../../deployment/address-book.ts';
import { folderFor } from '../_sh.ts';
import { HALL, KITCHEN } from './_managed-hosts.ts';

test('keeps hosts until they are forgotten, readable for the owner only and without passwords', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const file = join(lab.directory, '.lab', 'hosts', 'two.json');
  t.deepEqual(await managedHosts(lab), []);
  await addManagedHosts(lab, [{ ...HALL, host: { ...HALL.host, password: new Secret('hush') } }]);
  await addManagedHosts(lab, [HALL, KITCHEN]);
  t.deepEqual(await managedHosts(lab), [HALL, KITCHEN]);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.notRegex(readFileSync(file, 'utf8'), /hush|secret/);
  await forgetManagedHosts(lab, [HALL]);
  t.deepEqual(await managedHosts(lab), [KITCHEN]);
  await forgetManagedHosts(lab, [KITCHEN]);
  t.throws(() => statSync(file));
});

test("keeps where the key of a host's card is, so that `down` can log in without the lab file", async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  const host = { ...HALL.host, cardKey: '/card' };
  await addManagedHosts(lab, [{ ...HALL, host }]);
  t.deepEqual(await managedHosts(lab), [{ ...HALL, host }]);
});

test('has one entry for an address, with the last name', async (t) => {
  const lab = { directory: folderFor(t), name: 'two' };
  await addManagedHosts(lab, [HALL]);
  await addManagedHosts(lab, [{ ...HALL, name: 'cellar' }]);
  t.deepEqual(await managedHosts(lab), [{ ...HALL, name: 'cellar' }]);
});

for (const text of ['{', '{"hosts":[{"name":"hall"}]}']) {
  test(`names the file that cannot be read, and what to do: ${text}`, async (t) => {
    const lab = { directory: folderFor(t), name: 'two' };
    await addManagedHosts(lab, [HALL]);
    writeFileSync(join(lab.directory, '.lab', 'hosts', 'two.json'), text);
    const error = await t.throwsAsync(managedHosts(lab), { instanceOf: LabError });
    t.regex(error?.message ?? '', /two\.json: .*(JSON|format).*\n {2}try: remove it/);
    t.is(error?.exitCode, 2);
  });
}

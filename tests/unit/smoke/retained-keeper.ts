import { mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { LabError } from '../../../provisioning/errors.ts';
import { openKeeper } from '../../smoke/retained/keeper.ts';

test('a file that is there and gone when it is read is tried again, and then told', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mqtt-lab-keeper-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const first = await openKeeper({ directory }, '127.0.0.1 1883 door', 'door');
  const other = `${first.file}.other`;
  // neither can it be made anew nor read
  await symlink(path.join(directory, 'nowhere'), other);
  await rename(other, first.file);
  await t.throwsAsync(openKeeper({ directory }, '127.0.0.1 1883 door', 'door'), {
    instanceOf: LabError,
    message: /door.*can't be read/,
  });
  t.is(await readlink(first.file), path.join(directory, 'nowhere'));
  await first.drop();
  t.is((await openKeeper({ directory }, '127.0.0.1 1883 door', 'door')).left, undefined);
});

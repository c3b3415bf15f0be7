import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../base/errors.ts';
import { writeCard } from '../../../deployment/write-card.ts';
import { renderCard } from '../../../pi/card/card.ts';
import { folderFor } from '../_sh.ts';
import { CARD } from '../pi/card/_card.ts';

const FILES = renderCard(CARD, undefined);
const OTHER = renderCard({ ...CARD, user: 'other' }, undefined);

test('writes the files for this user alone, and replaces its own', async (t) => {
  const folder = folderFor(t);
  const quiet = { backups: [], lacksCloudInit: false, replaced: undefined };
  t.deepEqual(await writeCard('hall', folder, OTHER), quiet);
  t.deepEqual(await writeCard('hall', folder, FILES), quiet);
  t.deepEqual(readdirSync(folder).sort(), ['meta-data', 'network-config', 'user-data']);
  for (const [name, text] of Object.entries(FILES)) {
    t.is(readFileSync(join(folder, name), 'utf8'), text);
    t.is(statSync(join(folder, name)).mode & 0o777, 0o600);
  }
});

test('keeps a backup of files of another origin, and never replaces a backup', async (t) => {
  const folder = folderFor(t);
  const example = '#cloud-config\n# an example\n';
  writeFileSync(join(folder, 'user-data'), example);
  t.deepEqual((await writeCard('hall', folder, FILES)).backups, ['user-data.before-mqtt-lab']);
  t.is(readFileSync(join(folder, 'user-data.before-mqtt-lab'), 'utf8'), example);
  writeFileSync(join(folder, 'user-data'), 'edited');
  writeFileSync(join(folder, 'network-config'), 'edited');
  const error = await t.throwsAsync(writeCard('hall', folder, OTHER), { instanceOf: LabError });
  t.regex(error?.message ?? '', /user-data is not mqtt-lab's, and its backup .* exists/);
  t.is(readFileSync(join(folder, 'network-config'), 'utf8'), 'edited');
  t.is(readFileSync(join(folder, 'meta-data'), 'utf8'), FILES['meta-data']);
});

test('names the other Pi whose card it replaces', async (t) => {
  const folder = folderFor(t);
  await writeCard('attic', folder, renderCard({ ...CARD, pi: 'attic' }, undefined));
  t.deepEqual(await writeCard('hall', folder, FILES), { backups: [], lacksCloudInit: false, replaced: 'attic' });
});

test('says that a boot partition without meta-data may lack cloud-init', async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'cmdline.txt'), '');
  t.true((await writeCard('hall', folder, FILES)).lacksCloudInit);
  t.false((await writeCard('hall', folder, FILES)).lacksCloudInit);
});

test('refuses a folder that does not exist, and a file', async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'file'), '');
  for (const [name, reason] of [
    ['none', /ENOENT/],
    ['file', /it is not a folder/],
  ] as const) {
    const error = await t.throwsAsync(writeCard('hall', join(folder, name), FILES), { instanceOf: LabError });
    t.regex(error?.message ?? '', reason);
    t.is(error?.exitCode, 2);
  }
});

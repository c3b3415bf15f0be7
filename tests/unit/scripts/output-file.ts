import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { outputFileMistakes } from '../../../scripts/output-file.ts';
import { folderFor } from '../_sh.ts';

test('a new file in a folder, a file that exists, and no option at all are no mistakes', async (t) => {
  const folder = folderFor(t);
  const file = path.join(folder, 'out.xml');
  t.deepEqual(await outputFileMistakes('--junit', file), []);
  writeFileSync(file, '');
  t.deepEqual(await outputFileMistakes('--junit', file), []);
  t.deepEqual(await outputFileMistakes('--junit', undefined), []);
});

test('a folder, and a file in a folder that does not exist, are mistakes', async (t) => {
  const folder = folderFor(t);
  t.deepEqual(await outputFileMistakes('--summary', folder), [`--summary ${folder}: this is a folder; name a file`]);
  const file = path.join(folder, 'none', 'x.md');
  const [mistake = ''] = await outputFileMistakes('--summary', file);
  t.true(mistake.startsWith(`--summary ${file}: there is no folder ${path.dirname(file)} `), mistake);
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { fileDifference, fileQuery, foundFile, type WantedFile } from '../../../../provisioning/resources/files.ts';
import { folderFor, sh } from '../../_sh.ts';

const wanted: WantedFile = { path: '/etc/x', owner: 'mosquitto', group: 'mosquitto', mode: '600', content: 'text\n' };

/** [case; the found file; the first difference] */
const rows = [
  ['nothing', undefined, 'missing'],
  ['the same', wanted, undefined],
  ['another content', { ...wanted, content: 'text' }, 'content'],
  ['another content and mode', { ...wanted, content: '', mode: '644' }, 'content'],
  ['another owner', { ...wanted, owner: 'root' }, 'owner'],
  ['another group', { ...wanted, group: 'root' }, 'owner'],
  ['readable by others', { ...wanted, mode: '640' }, 'mode'],
] as const;

for (const [name, found, difference] of rows) {
  test(`compares a found file: ${name}`, (t) => {
    t.is(fileDifference(found, wanted), difference);
  });
}

test('does not accept a folder, a symbolic link or a missing file as a file', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'real'), 'x');
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  for (const name of ['link', 'folder', 'nothing']) {
    const { code, stdout } = sh(fileQuery(join(folder, name)).script);
    t.is(foundFile({ code: code ?? 1, output: stdout }), undefined, name);
  }
});

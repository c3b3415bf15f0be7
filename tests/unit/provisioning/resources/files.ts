import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import {
  fileDifference,
  fileQuery,
  foundFile,
  replaceFiles,
  type WantedFile,
} from '../../../../provisioning/resources/files.ts';
import { folderFor, sh } from '../../_sh.ts';

const wanted: WantedFile = { path: '/etc/x', owner: 'mosquitto', group: 'mosquitto', mode: '600', content: 'text\n' };

/** [what is found; the first difference] */
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
  test(`found: ${name}`, (t) => {
    t.is(fileDifference(found, wanted), difference);
  });
}

const me = { owner: userInfo().username, group: sh('id -gn').stdout.trim(), mode: '600' };

for (const content of ['', 'one line\n', 'no line end', 'ü 🔑\n', "END\n' $(x) `y` \\\n", 'x'.repeat(5000)]) {
  test(`written and found again: ${JSON.stringify(content.slice(0, 20))}`, (t) => {
    const path = join(folderFor(t), "it's a file");
    const { code, stderr } = sh(replaceFiles(join(path, '..'), [{ path, ...me, content }], ''));
    t.is(code, 0, stderr);
    const answer = sh(fileQuery(path).script);
    t.deepEqual(foundFile({ code: answer.code ?? 1, output: answer.stdout }), { ...me, content });
  });
}

test('a folder, a symbolic link and nothing are no file', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'real'), 'x');
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  mkdirSync(join(folder, 'folder'));
  for (const name of ['link', 'folder', 'nothing']) {
    const { code, stdout } = sh(fileQuery(join(folder, name)).script);
    t.is(foundFile({ code: code ?? 1, output: stdout }), undefined, name);
  }
});

test('the check sees every file as wanted, with its mode, before any is in place', (t) => {
  const folder = folderFor(t);
  const files = ['a', 'b'].map((name) => ({ path: join(folder, name), ...me, content: `new ${name}` }));
  for (const { path } of files) {
    writeFileSync(path, 'old');
    chmodSync(path, 0o644);
  }
  const check = `stat -c '%a' "$staged" "$staged/0" "$staged/1"; cat "$staged/0" "$staged/1" ${files.map(({ path }) => path).join(' ')}`;
  const { code, stdout } = sh(replaceFiles(folder, files, check));
  t.deepEqual([code, stdout], [0, '700\n600\n600\nnew anew boldold']);
  t.deepEqual(
    files.map(({ path }) => [readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)]),
    [
      ['new a', '600'],
      ['new b', '600'],
    ],
  );
  t.deepEqual(readdirSync(folder).sort(), ['a', 'b']);
});

/** [what goes wrong; the check, or a mode that chmod refuses] */
const failures: readonly (readonly [name: string, check: string, mode: string])[] = [
  ['the check fails', 'exit 3', '600'],
  ['a command of the check fails', 'false', '600'],
  ['the mode cannot be set', 'true', 'no-mode'],
  ['it is interrupted', 'kill -TERM $$; sleep 5', '600'],
];

for (const [name, check, mode] of failures) {
  test(`half done leaves everything as it was: ${name}`, (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, 'a'), 'old');
    const files = ['a', 'b'].map((file) => ({ path: join(folder, file), ...me, mode, content: 'new' }));
    t.not(sh(replaceFiles(folder, files, check)).code, 0);
    t.deepEqual(readdirSync(folder), ['a']);
    t.is(readFileSync(join(folder, 'a'), 'utf8'), 'old');
  });
}

test('nobody else can read a file at any moment', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'chmod'), '#!/bin/sh\nstat -c "%a" "$2"\n', { mode: 0o755 });
  const file = { path: join(folder, 'a'), ...me, content: 'secret' };
  t.is(sh(replaceFiles(folder, [file], ''), { path: folder }).stdout, '600\n');
});

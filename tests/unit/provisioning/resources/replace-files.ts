import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { fileQuery, foundFile, foundInstead } from '../../../../provisioning/resources/files.ts';
import { abandonedStaging, replaceFiles } from '../../../../provisioning/resources/replace-files.ts';
import { folderFor, sh } from '../../_sh.ts';

const me = { owner: userInfo().username, group: sh('id -gn').stdout.trim(), mode: '600' };

for (const content of ['', 'one line\n', 'no line end', 'ü 🔑\n', "END\n' $(x) `y` \\\n", 'x'.repeat(5000)]) {
  test(`writes and finds again: ${JSON.stringify(content.slice(0, 20))}`, (t) => {
    const path = join(folderFor(t), "it's a file");
    const { code, stderr } = sh(replaceFiles(join(path, '..'), [{ path, ...me, content }], ''));
    t.is(code, 0, stderr);
    const answer = sh(fileQuery(path).script);
    t.deepEqual(foundFile({ code: answer.code ?? 1, output: answer.stdout }), { ...me, content });
  });
}

test('runs the check with every staged file, before any is in place', (t) => {
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

/** [case; the check; the mode] */
const failures: readonly (readonly [name: string, check: string, mode: string])[] = [
  ['the check fails', 'exit 3', '600'],
  ['a command of the check fails', 'false', '600'],
  ['the mode cannot be set', 'true', 'no-mode'],
  ['it is interrupted', 'kill -TERM $$; sleep 5', '600'],
];

for (const [name, check, mode] of failures) {
  test(`leaves everything as it was when ${name}`, (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, 'a'), 'old');
    const files = ['a', 'b'].map((file) => ({ path: join(folder, file), ...me, mode, content: 'new' }));
    t.not(sh(replaceFiles(folder, files, check)).code, 0);
    t.deepEqual(readdirSync(folder), ['a']);
    t.is(readFileSync(join(folder, 'a'), 'utf8'), 'old');
  });
}

test('leaves everything as it was when the disk fills up', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'a'), 'old');
  const files = ['a', 'b'].map((name) => ({ path: join(folder, name), ...me, content: 'x'.repeat(100_000) }));
  const { code, stderr } = sh(`ulimit -f 8\n${replaceFiles(folder, files, '')}`);
  t.not(code, 0, stderr);
  t.deepEqual(readdirSync(folder), ['a']);
  t.is(readFileSync(join(folder, 'a'), 'utf8'), 'old');
});

test('sets owner and mode before the content, and syncs the file and its folder', (t) => {
  const folder = folderFor(t);
  const log = join(folder, 'log');
  for (const name of ['chown', 'chmod', 'sync', 'mv']) {
    const look = '$(stat -c "%a %s" "$file" 2>/dev/null)';
    const script = `#!/bin/sh\nfor file; do :; done\necho "${name} \${file##*/} ${look}" >>${log}\nPATH=/usr/bin:/bin exec ${name} "$@"\n`;
    writeFileSync(join(folder, name), script, { mode: 0o755 });
  }
  const place = join(folder, 'place');
  mkdirSync(place, { mode: 0o711 });
  const file = { path: join(place, 'a'), ...me, mode: '640', content: 'secret' };
  t.is(sh(replaceFiles(place, [file], ''), { path: folder }).code, 0);
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  t.deepEqual(
    lines.map((line) => line.trim()),
    ['chown 0 600 0', 'chmod 0 600 0', 'sync 0 640 6', 'mv a', `sync place 711 ${statSync(place).size}`],
  );
});

test('replaces a link and a fifo, and leaves the target of a link', (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'target'), 'theirs');
  symlinkSync(join(folder, 'target'), join(folder, 'a'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'b'));
  sh(`mkfifo ${join(folder, 'c')}`);
  const files = ['a', 'b', 'c'].map((name) => ({ path: join(folder, name), ...me, content: 'ours' }));
  const before = files.map(({ path }) => {
    const { code, stdout } = sh(fileQuery(path).script);
    return foundInstead({ code: code ?? 1, output: stdout });
  });
  t.deepEqual(before, ['symbolic link', 'symbolic link', 'fifo']);
  t.is(sh(replaceFiles(folder, files, '')).code, 0);
  for (const { path } of files) t.is(readFileSync(path, 'utf8'), 'ours');
  for (const { path } of files) t.true(lstatSync(path).isFile());
  t.is(readFileSync(join(folder, 'target'), 'utf8'), 'theirs');
  t.deepEqual(readdirSync(join(folder, 'elsewhere')), []);
});

/** [what stands in the place of the second file; the error] */
const irreplaceable = [
  ['a folder', 'mkdir "$folder/b"', /b is a folder; move it away/],
  // chattr(1) is root's, and not every file system has it: what it makes of a mode that is set
  [
    'a file with chattr +i',
    'touch "$folder/b"; chmod() { case $2 in */b) return 1 ;; esac; command chmod "$@"; }',
    /b can't be replaced; .*chattr -ia \S*b$/m,
  ],
] as const;

for (const [name, make, error] of irreplaceable) {
  test(`replaces no file where one can't be replaced: ${name}`, (t) => {
    const folder = folderFor(t);
    writeFileSync(join(folder, 'a'), 'old');
    const files = ['a', 'b'].map((file) => ({ path: join(folder, file), ...me, content: 'new' }));
    const { code, stderr } = sh(`folder=${folder}\n${make}\n${replaceFiles(folder, files, '')}`);
    t.is(code, 1);
    t.regex(stderr, error);
    t.is(readFileSync(join(folder, 'a'), 'utf8'), 'old');
    t.deepEqual(readdirSync(folder).sort(), ['a', 'b']);
  });
}

test('finds the staging folder of a killed run, and not that of a living one', (t) => {
  const folder = folderFor(t);
  const files = [{ path: join(folder, 'a'), ...me, content: 'new' }];
  const kill = sh(replaceFiles(folder, files, 'kill -9 $$'));
  t.is(kill.code, null);
  mkdirSync(join(folder, '.lab-staged.AbCdEf'));
  const [left, ...others] = readdirSync(folder).filter((name) => name !== '.lab-staged.AbCdEf');
  t.regex(left ?? '', /^\.lab-staged\.\d+-\d+\./);
  t.deepEqual(others, []);
  // while it runs, with its own folder beside the two
  const { stdout } = sh(replaceFiles(folder, files, abandonedStaging(folder).script));
  t.deepEqual(stdout.trim().split('\n').sort(), [join(folder, left ?? ''), join(folder, '.lab-staged.AbCdEf')].sort());
});

test('lets no other user read a file at any moment', (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'chmod'), '#!/bin/sh\nstat -c "%a" "$2"\n', { mode: 0o755 });
  const file = { path: join(folder, 'a'), ...me, content: 'secret' };
  t.is(sh(replaceFiles(folder, [file], ''), { path: folder }).stdout, '600\n');
});

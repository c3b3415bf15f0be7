import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import {
  readIfPresent,
  readPair,
  userStem,
  writePair,
  writeText,
} from '../../../../provisioning/certificates/files.ts';
import { folderFor } from '../../_sh.ts';

/** [user; the stem of its files] */
const stems: readonly (readonly [user: string, stem: string])[] = [
  ['sam', 'user-sam'],
  ['Sam_1-b', 'user-Sam_1-b'],
  ['a/b', 'user-a%2fb'],
  ['..', 'user-%2e%2e'],
  ['ü ö', 'user-%c3%bc%20%c3%b6'],
  ['x,y', 'user-x%2cy'],
  ['a%2fb', 'user-a%252fb'],
  ["it's $(x)", 'user-it%27s%20%24%28x%29'],
];

for (const [user, stem] of stems) {
  test(`names the files of ${user} ${stem}`, (t) => {
    t.is(userStem(user), stem);
  });
}

const mode = (path: string) => statSync(path).mode & 0o777;
const PAIR = { chain: 'certificate', key: new Secret('key') };

test('writes files that only their owner may read, in folders of the same kind', async (t) => {
  const lab = { directory: folderFor(t) };
  await writePair(lab, 'user-sam', PAIR);
  const folder = join(lab.directory, '.lab/ca');
  t.deepEqual([mode(join(lab.directory, '.lab')), mode(folder)], [0o700, 0o700]);
  for (const name of ['user-sam.pem', 'user-sam.key']) t.is(mode(join(folder, name)), 0o600);
  t.is(readPair(lab, 'user-sam')?.key.reveal(), 'key');
});

test('closes a folder .lab that others could read', async (t) => {
  const lab = { directory: folderFor(t) };
  mkdirSync(join(lab.directory, '.lab'));
  chmodSync(join(lab.directory, '.lab'), 0o755);
  await writeText(lab, 'ca.pem', 'x');
  t.is(mode(join(lab.directory, '.lab')), 0o700);
});

test('replaces a file and leaves nothing beside it, also after an interrupted run', async (t) => {
  const lab = { directory: folderFor(t) };
  const folder = join(lab.directory, '.lab/ca');
  await writeText(lab, 'ca.pem', 'first');
  writeFileSync(join(folder, 'ca.pem.new'), 'half', { mode: 0o644 });
  chmodSync(join(folder, 'ca.pem'), 0o644);
  await writeText(lab, 'ca.pem', 'second');
  t.is(readFileSync(join(folder, 'ca.pem'), 'utf8'), 'second');
  t.is(mode(join(folder, 'ca.pem')), 0o600);
  t.deepEqual(readdirSync(folder), ['ca.pem']);
});

test('a pair without one of its files is none', async (t) => {
  const lab = { directory: folderFor(t) };
  t.is(readPair(lab, 'server'), undefined);
  await writeText(lab, 'server.pem', 'x');
  t.is(readPair(lab, 'server'), undefined);
});

test('tells a missing file from one that it cannot read', (t) => {
  const folder = folderFor(t);
  t.is(readIfPresent(join(folder, 'none.pem')), undefined);
  t.throws(() => readIfPresent(folder), { code: 'EISDIR' });
  t.true(existsSync(folder));
});

test('shows no key, however a pair is printed', async (t) => {
  const lab = { directory: folderFor(t) };
  await writePair(lab, 'user-sam', { chain: 'c', key: new Secret('hunter2') });
  t.false(JSON.stringify(readPair(lab, 'user-sam')).includes('hunter2'));
});

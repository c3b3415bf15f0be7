import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import ssh2 from 'ssh2';
import { ensureLoginKey, removeLoginKey } from '../../../deployment/login-key.ts';
import { privateFolder } from '../../../lab-file/private-folder.ts';
import { folderFor } from '../_sh.ts';

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

test('makes a key once, for this user alone', async (t) => {
  const lab = { directory: folderFor(t), name: 'a' };
  const key = await ensureLoginKey(lab);
  t.is(key.file, join(lab.directory, '.lab/keys/a'));
  t.deepEqual([mode(key.file), mode(privateFolder(lab)), mode(privateFolder(lab, 'keys'))], ['600', '700', '700']);
  t.regex(key.publicKey, /^ssh-ed25519 [A-Za-z0-9+/]{60,}=*$/);
  t.false(ssh2.utils.parseKey(readFileSync(key.file)) instanceof Error);
  t.deepEqual(await ensureLoginKey(lab), key);
  t.deepEqual(readdirSync(privateFolder(lab, 'keys')), ['a']);
});

test('gives each lab in a folder its own key', async (t) => {
  const directory = folderFor(t);
  const [one, other] = [await ensureLoginKey({ directory, name: 'a' }), await ensureLoginKey({ directory, name: 'b' })];
  t.not(one.publicKey, other.publicKey);
});

test('replaces the remains of a killed run', async (t) => {
  const lab = { directory: folderFor(t), name: 'a' };
  const key = await ensureLoginKey(lab);
  writeFileSync(key.file, readFileSync(key.file, 'utf8').slice(0, 80));
  writeFileSync(`${key.file}.new`, 'half');
  const again = await ensureLoginKey(lab);
  t.not(again.publicKey, key.publicKey);
  t.deepEqual([mode(key.file), readdirSync(privateFolder(lab, 'keys'))], ['600', ['a']]);
});

test('removes complete and half-made keys, and succeeds again', async (t) => {
  const lab = { directory: folderFor(t), name: 'a' };
  const { file } = await ensureLoginKey(lab);
  writeFileSync(`${file}.new`, 'half');
  await removeLoginKey(lab);
  await removeLoginKey(lab);
  t.deepEqual(readdirSync(privateFolder(lab, 'keys')), []);
});

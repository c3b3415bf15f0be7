import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ed25519Pair } from '../../../../provisioning/hosts/ed25519.ts';
import { hostKeyCheck, shownKey } from '../../../../provisioning/hosts/host-key.ts';
import { hashed, saveKey } from '../../../../provisioning/hosts/known-hosts.ts';
import { fingerprint, keyType, publicKeys, revokedKeys } from '../../../../provisioning/hosts/public-key.ts';
import { type Destination, parseSshConfig } from '../../../../provisioning/hosts/ssh-config.ts';
import { folderFor, sh } from '../../_sh.ts';

function newKey(): { line: string; blob: Buffer } {
  const line = ed25519Pair().public;
  return { line, blob: Buffer.from(line.split(' ')[1] ?? '', 'base64') };
}

const key = newKey();
const other = newKey();
const address = { user: 'pi', address: 'pi.local', port: 22, identity: undefined, hostKey: undefined };

/** pi.local, with known_hosts files of the test's own. */
function place(change: Partial<Destination> = {}): Destination {
  const none = { userKnownHosts: [], globalKnownHosts: [] };
  return { ...parseSshConfig('', address, { home: '/nowhere' }), ...none, ...change };
}

function knownHosts(t: ExecutionContext, text: string): string {
  const file = join(folderFor(t), 'known_hosts');
  writeFileSync(file, text);
  return file;
}

/** [text; types of the keys found] */
const rows: readonly (readonly [text: string, types: readonly string[]])[] = [
  ['', []],
  [key.line, ['ssh-ed25519']],
  [`${key.line} a comment`, ['ssh-ed25519']],
  [`pi.local ${key.line}`, ['ssh-ed25519']],
  [`|1|aGFzaA==|aGFzaA== ${key.line}`, ['ssh-ed25519']],
  [`# Host pi.local found: line 3\n[pi.local]:2222,10.0.0.9 ${key.line}\n`, ['ssh-ed25519']],
  [`ssh-gateway.local ${key.line}`, ['ssh-ed25519']],
  [
    `a ${key.line}\na ecdsa-sha2-nistp256 AAAAE2VjZHNh\na ssh-rsa AAAAB3Nz==`,
    ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'],
  ],
  [`@cert-authority *.local ${key.line}`, []],
  [`@revoked pi.local ${key.line}`, []],
  [`pi.local ${key.line}\n@revoked pi.local ${key.line}`, []],
  ['pi.local 1024 35 12345', []],
];

for (const [text, types] of rows) {
  test(`finds the keys in ${JSON.stringify(text.replaceAll(key.line, 'KEY'))}`, (t) => {
    const keys = publicKeys(text);
    t.deepEqual(
      keys.map(({ type }) => type),
      [...types],
    );
    if (types[0] === 'ssh-ed25519') t.deepEqual(keys[0]?.blob, key.blob);
  });
}

test('makes fingerprints as ssh-keygen does', (t) => {
  const file = join(folderFor(t), 'key.pub');
  writeFileSync(file, `${key.line}\n`);
  const { code, stdout } = sh(`ssh-keygen -lf ${file}`);
  if (code === 127) t.regex(fingerprint(key.blob), /^SHA256:[A-Za-z0-9+/]{43}$/);
  else t.is(stdout.split(' ')[1], fingerprint(key.blob));
});

test('accepts the pinned key, and requests its type first', async (t) => {
  const check = await hostKeyCheck('pi', place(), key.line);
  t.is(check.algorithms[0], 'ssh-ed25519');
  t.true(check.accepts(key.blob));
  t.is(check.refusal(), undefined);
});

test('refuses another key with both fingerprints, without a question', async (t) => {
  const check = await hostKeyCheck('pi', place(), key.line);
  t.false(check.accepts(other.blob));
  const refusal = check.refusal();
  t.is(refusal?.exitCode, 2);
  t.is(refusal?.trouble.happened, `the key is ${shownKey(other.blob)}, the pinned key has ${shownKey(key.blob)}`);
  t.regex(refusal?.trouble.step ?? '', /pi\.local port 22/);
  t.is(check.unknown(), undefined);
});

test('refuses a part of the key, and an empty one', async (t) => {
  const check = await hostKeyCheck('pi', place(), key.line);
  for (const blob of [key.blob.subarray(0, -1), Buffer.alloc(0)]) t.false(check.accepts(blob));
});

test('has no refusal before a key is presented', async (t) => {
  const check = await hostKeyCheck('pi', place(), key.line);
  t.deepEqual([check.refusal(), check.unknown()], [undefined, undefined]);
});

test('refuses an unknown host with a fingerprint to compare, and allows a question', async (t) => {
  const check = await hostKeyCheck('pi', place(), undefined);
  t.false(check.accepts(key.blob));
  t.is(check.refusal()?.trouble.happened, `unknown key ${fingerprint(key.blob)} (ssh-ed25519)`);
  t.regex(check.refusal()?.trouble.advice ?? '', /ssh-keygen -lf .*--accept-new-host-keys/);
  t.deepEqual(check.unknown(), key.blob);
});

test('refuses a revoked key, whether known, pinned or new', async (t) => {
  const userKnownHosts = [knownHosts(t, `pi.local ${key.line}\n@revoked * ${key.line}\n`)];
  for (const pinned of [undefined, key.line]) {
    const check = await hostKeyCheck('pi', place({ userKnownHosts }), pinned);
    t.false(check.accepts(key.blob));
    t.regex(check.refusal()?.message ?? '', /the key SHA256:\S{43} \(ssh-ed25519\) is revoked in known_hosts/);
    t.is(check.unknown(), undefined);
  }
  const onlyRevoked = [knownHosts(t, `@revoked * ${key.line}\n`)];
  const check = await hostKeyCheck('pi', place({ userKnownHosts: onlyRevoked }), undefined);
  t.deepEqual([check.accepts(key.blob), check.unknown()], [false, undefined]);
  t.false(check.accepts(other.blob));
  t.deepEqual(check.unknown(), other.blob);
});

test('finds a host in any known_hosts file by alias and port, hashed or not', async (t) => {
  const files = [knownHosts(t, `${hashed('[pi.local]:2222')} ${key.line}\n`), knownHosts(t, `kitchen ${other.line}\n`)];
  const known = { userKnownHosts: files.slice(0, 1), globalKnownHosts: files.slice(1) };
  const at2222 = await hostKeyCheck('pi', place({ ...known, knownAs: '[pi.local]:2222' }), undefined);
  t.deepEqual([at2222.accepts(key.blob), at2222.accepts(other.blob)], [true, false]);
  const kitchen = await hostKeyCheck('pi', place({ ...known, knownAs: 'kitchen' }), undefined);
  t.deepEqual([kitchen.accepts(key.blob), kitchen.accepts(other.blob)], [false, true]);
});

for (const hashKnownHosts of [false, true]) {
  test(`saves a key so that ssh-keygen finds it, readable by this user alone; hashed: ${hashKnownHosts}`, async (t) => {
    const file = join(folderFor(t), 'new', 'known_hosts');
    const destination = place({ userKnownHosts: [file], hashKnownHosts, knownAs: '[pi.local]:2222' });
    t.is(await saveKey('pi', destination, key.blob), file);
    t.is(statSync(file).mode & 0o777, 0o600);
    t.is(readFileSync(file, 'utf8').includes('pi.local'), !hashKnownHosts);
    t.true((await hostKeyCheck('pi', destination, undefined)).accepts(key.blob));
  });
}

test('saves a key on a line of its own, whatever ends the file', async (t) => {
  const file = knownHosts(t, `hub ${other.line}`);
  await saveKey('pi', place({ userKnownHosts: [file] }), key.blob);
  t.is(readFileSync(file, 'utf8'), `hub ${other.line}\npi.local ${key.line.trim()}\n`);
});

test('refuses to save a key without a known_hosts file, and names the alternative', async (t) => {
  await t.throwsAsync(saveKey('pi', place(), key.blob), { message: /without a known_hosts file.*\n.*hostKey/ });
});

test('shows only the characters of a key type, whatever the host sends', (t) => {
  const claim = (type: string) => {
    const name = Buffer.from(type, 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    return keyType(Buffer.concat([length, name]));
  };
  t.is(claim('ssh-rsa'), 'ssh-rsa');
  for (const hostile of ['\u001b[2J', 'a\nb', '', 'x'.repeat(65)]) t.is(claim(hostile), 'unknown type');
  t.is(keyType(Buffer.from('ab')), 'unknown type');
  t.deepEqual(
    revokedKeys(`@revoked h ${key.line}`).map(({ blob }) => blob),
    [key.blob],
  );
});

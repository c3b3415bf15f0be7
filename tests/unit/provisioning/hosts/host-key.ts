import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ed25519Pair } from '../../../../provisioning/hosts/ed25519.ts';
import { fingerprint, hostKeyCheck, publicKeys } from '../../../../provisioning/hosts/host-key.ts';
import { folderFor, sh } from '../../_sh.ts';

function newKey(): { line: string; blob: Buffer } {
  const line = ed25519Pair().public;
  return { line, blob: Buffer.from(line.split(' ')[1] ?? '', 'base64') };
}

const key = newKey();
const other = newKey();
const address = { user: 'pi', address: 'pi.local', port: 22, identity: undefined, hostKey: key.line };

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
  test(`keys in ${JSON.stringify(text.replaceAll(key.line, 'KEY'))}`, (t) => {
    const keys = publicKeys(text);
    t.deepEqual(
      keys.map(({ type }) => type),
      [...types],
    );
    if (types[0] === 'ssh-ed25519') t.deepEqual(keys[0]?.blob, key.blob);
  });
}

test('a fingerprint is what ssh-keygen prints', (t) => {
  const file = join(folderFor(t), 'key.pub');
  writeFileSync(file, `${key.line}\n`);
  const { code, stdout } = sh(`ssh-keygen -lf ${file}`);
  if (code === 127) t.regex(fingerprint(key.blob), /^SHA256:[A-Za-z0-9+/]{43}$/);
  else t.is(stdout.split(' ')[1], fingerprint(key.blob));
});

test('the pinned key is accepted, and asked for', async (t) => {
  const check = await hostKeyCheck('pi', address);
  t.deepEqual(check.algorithms, ['ssh-ed25519']);
  t.true(check.accepts(key.blob));
  t.is(check.refusal(), undefined);
});

test('another key is refused, with both fingerprints', async (t) => {
  const check = await hostKeyCheck('pi', address);
  t.false(check.accepts(other.blob));
  const refusal = check.refusal();
  t.is(refusal?.exitCode, 2);
  t.is(refusal?.trouble.happened, `the key is ${fingerprint(other.blob)}, the pinned key has ${fingerprint(key.blob)}`);
  t.regex(refusal?.trouble.step ?? '', /pi\.local port 22/);
});

test('part of the key, or none, is another key', async (t) => {
  const check = await hostKeyCheck('pi', address);
  for (const blob of [key.blob.subarray(0, -1), Buffer.alloc(0)]) t.false(check.accepts(blob));
});

test('nothing is wrong before a key was presented', async (t) => {
  t.is((await hostKeyCheck('pi', address)).refusal(), undefined);
});

test('a host that known_hosts does not know is refused, with what to compare', async (t) => {
  const unknown = { ...address, address: 'no-such-host.invalid', port: 2222, hostKey: undefined };
  const check = await hostKeyCheck('pi', unknown);
  t.deepEqual(check.algorithms, []);
  t.false(check.accepts(key.blob));
  t.is(check.refusal()?.trouble.happened, `unknown key ${fingerprint(key.blob)}`);
  t.regex(check.refusal()?.trouble.advice ?? '', /ssh-keygen -lf/);
});

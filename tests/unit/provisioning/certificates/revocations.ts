import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readPair, writePair } from '../../../../provisioning/certificates/files.ts';
import { newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { serialOf } from '../../../../provisioning/certificates/state.ts';
import { labWith, NAMES, open, userOf } from './_lab-with-tls.ts';

const DAY_MS = 86_400_000;
const serialIn = (text: string | undefined) => serialOf(new X509Certificate(text ?? ''));

test('a revoked serial number gives the user a new certificate, and the list names the old one', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const old = serialIn(certificates.user(userOf(lab, 'sam')).pair?.chain);
  const after = labWith(t, `{ revoke: ["${old.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')}"] }`, lab.directory);
  const sam = userOf(after.lab, 'sam');
  t.regex(after.certificates.user(sam).why ?? '', new RegExp(`${old} is revoked`));
  t.is(after.certificates.user(userOf(after.lab, 'a/b')).why, undefined);
  t.regex(after.certificates.revocations().why ?? '', /\w+/);
  await after.certificates.make(NAMES);
  t.not(serialIn(after.certificates.user(sam).pair?.chain), old);
  t.is(after.certificates.user(sam).why, undefined);
  const { list = '', why } = after.certificates.revocations();
  t.is(why, undefined);
  const example = serialIn(readFileSync(join(folder, 'revoked.pem'), 'utf8'));
  for (const serial of [old, example]) t.true(list.includes(serial), serial);
  t.regex(list, /^-----BEGIN X509 CRL-----$/m);
});

test('the list is made again when its example is', async (t) => {
  const { certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const before = certificates.revocations().list;
  rmSync(join(folder, 'revoked.key'));
  await certificates.make(NAMES);
  t.not(certificates.revocations().list, before);
  t.is(certificates.revocations().why, undefined);
});

test('revokes the certificate of a user whom the lab file no longer has, or who needs none', async (t) => {
  const { lab, certificates } = labWith(t);
  await certificates.make(NAMES);
  const [sam, other] = [userOf(lab, 'sam'), userOf(lab, 'a/b')];
  const serials = [sam, other].map((user) => serialIn(certificates.user(user).pair?.chain));
  const left = open({ ...lab, users: [{ name: 'sam', password: sam.password }] });
  t.is(left.revocations().why, 'lists other certificates');
  await left.make(NAMES);
  t.true(serials.every((serial) => left.revocations().list?.includes(serial)));
  // a user who returns has a certificate that works
  await certificates.make(NAMES);
  t.false(serials.some((serial) => certificates.revocations().list?.includes(serial)));
});

test('makes the certificate that is always revoked again before it expires, and with it the list', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const ca = readPair(lab, 'ca');
  if (ca === undefined) throw new Error('no CA');
  const past = new Date(Date.now() - 70 * DAY_MS);
  await writePair(lab, 'revoked', await newCertificate(ca, { kind: 'client', user: 'sam' }, past));
  t.regex(certificates.revocations().why ?? '', /expires on/);
  await certificates.make(undefined);
  t.is(certificates.revocations().why, undefined);
  t.true(certificates.revocations().list?.includes(serialIn(readFileSync(join(folder, 'revoked.pem'), 'utf8'))));
});

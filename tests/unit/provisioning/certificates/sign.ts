import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { KeyPair } from '../../../../provisioning/certificates/files.ts';
import {
  LEAF_DAYS,
  newAuthority,
  newCertificate,
  newRevocationList,
} from '../../../../provisioning/certificates/sign.ts';
import { commonNameOf, serialOf } from '../../../../provisioning/certificates/state.ts';
import { folderFor, sh } from '../../_sh.ts';

const DAY_MS = 86_400_000;
const authority = newAuthority('mqtt-lab CA of test');
const inDays = (text: string) => (Date.parse(text) - Date.now()) / DAY_MS;
const around = (value: number, expected: number) => Math.abs(value - expected) < 0.1;

/** What openssl says of files with these contents; the first word of the arguments is the command. */
function openssl(t: ExecutionContext, files: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const folder = folderFor(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { stdout, stderr } = sh(`cd '${folder}' && openssl ${args.join(' ')} 2>&1`);
  return `${stdout}${stderr}`;
}

test('a CA signs certificates for ten years, and no other CA', async (t) => {
  const ca = new X509Certificate((await authority).chain);
  t.true(ca.ca);
  t.true(ca.verify(ca.publicKey));
  t.true(around(inDays(ca.validTo), 3650));
  t.true(around(inDays(ca.validFrom), -1));
  const text = openssl(t, { 'ca.pem': ca.toString() }, 'x509', '-in ca.pem -noout -text');
  t.regex(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  t.regex(text, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
});

test("a broker's certificate has the names and lasts 90 days", async (t) => {
  const ca = await authority;
  const { chain } = await newCertificate(ca, { kind: 'server', names: ['hub.local', '198.18.7.2', 'fe80::1'] });
  const certificate = new X509Certificate(chain);
  t.is(certificate.subjectAltName, 'DNS:hub.local, IP Address:198.18.7.2, IP Address:FE80:0:0:0:0:0:0:1');
  t.is(LEAF_DAYS, 90);
  t.true(around(inDays(certificate.validTo), 90));
  t.true(around(inDays(certificate.validFrom), -1));
  const files = { 'ca.pem': ca.chain, 'server.pem': chain };
  t.regex(openssl(t, files, 'verify -x509_strict -purpose sslserver -CAfile ca.pem server.pem'), /^server\.pem: OK$/m);
  t.regex(openssl(t, files, 'verify -purpose sslclient -CAfile ca.pem server.pem'), /unsuitable certificate purpose/);
});

for (const user of ['sam', 'a/b', 'ü ö', 'x,y', 'a=b+c', '"q"\\', '$(x)', '#', '李'.repeat(64)]) {
  test(`a client's certificate names its user: ${user}`, async (t) => {
    const ca = await authority;
    const { chain, key } = await newCertificate(ca, { kind: 'client', user });
    const certificate = new X509Certificate(chain);
    t.is(commonNameOf(certificate), user);
    t.true(certificate.checkIssued(new X509Certificate(ca.chain)));
    t.true(key.reveal().startsWith('-----BEGIN PRIVATE KEY-----\n'));
    const verified = openssl(
      t,
      { 'ca.pem': ca.chain, 'c.pem': chain },
      'verify -x509_strict -purpose sslclient -CAfile ca.pem c.pem',
    );
    t.regex(verified, /^c\.pem: OK$/m);
  });
}

test('each certificate has a key and a serial number of its own, written alike everywhere', async (t) => {
  const ca = await authority;
  const pairs: KeyPair[] = [];
  for (let count = 0; count < 3; count += 1) pairs.push(await newCertificate(ca, { kind: 'client', user: 'sam' }));
  const certificates = pairs.map(({ chain }) => new X509Certificate(chain));
  t.is(new Set(certificates.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }))).size, 3);
  const serials = certificates.map(serialOf);
  t.is(new Set(serials).size, 3);
  for (const [index, serial] of serials.entries()) {
    // the first digit: neither negative nor beginning with zeros
    t.regex(serial, /^[4-7][0-9a-f]{31}$/);
    const text = openssl(t, { 'c.pem': pairs[index]?.chain ?? '' }, 'x509 -in c.pem -noout -serial');
    t.is(text.trim().toLowerCase(), `serial=${serial}`);
  }
});

test('a revocation list names the serial numbers, and openssl refuses these alone', async (t) => {
  const ca = await authority;
  const [kept, gone] = [
    await newCertificate(ca, { kind: 'client', user: 'sam' }),
    await newCertificate(ca, { kind: 'client', user: 'sam' }),
  ];
  const serial = serialOf(new X509Certificate(gone.chain));
  const list = await newRevocationList(ca, [serial]);
  const files = { 'ca.pem': ca.chain, 'crl.pem': list, 'kept.pem': kept.chain, 'gone.pem': gone.chain };
  const verify = (name: string) => openssl(t, files, `verify -crl_check -CRLfile crl.pem -CAfile ca.pem ${name}`);
  t.regex(verify('kept.pem'), /^kept\.pem: OK$/m);
  t.regex(verify('gone.pem'), /certificate revoked/);
  const text = openssl(t, files, 'crl -in crl.pem -noout -text');
  t.regex(text, new RegExp(`Serial Number: ${serial}`, 'i'));
});

test('a revocation list is valid as long as its CA', async (t) => {
  const ca = await authority;
  const list = await newRevocationList(ca, []);
  const text = openssl(t, { 'crl.pem': list }, 'crl -in crl.pem -noout -nextupdate');
  const until = Date.parse(text.replace(/^nextUpdate=/, ''));
  t.is(until, Date.parse(new X509Certificate(ca.chain).validTo));
});

test('two CAs of one name differ', async (t) => {
  const [one, two] = [await authority, await newAuthority('mqtt-lab CA of test')];
  const digest = ({ chain }: KeyPair) => createHash('sha256').update(chain).digest('hex');
  t.not(digest(one), digest(two));
  const { chain } = await newCertificate(one, { kind: 'client', user: 'sam' });
  t.false(new X509Certificate(chain).verify(new X509Certificate(two.chain).publicKey));
});

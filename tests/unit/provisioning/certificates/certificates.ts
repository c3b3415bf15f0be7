import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { certificatesOf } from '../../../../provisioning/certificates/certificates.ts';
import { writePair } from '../../../../provisioning/certificates/files.ts';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { commonNameOf } from '../../../../provisioning/certificates/state.ts';
import { labOf } from '../../_lab.ts';
import { folderFor } from '../../_sh.ts';
import { labWith, NAMES, open, userOf } from './_lab-with-tls.ts';

const DAY_MS = 86_400_000;
const textsIn = (folder: string) =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

test('a lab without TLS has no certificates', (t) => {
  t.is(certificatesOf(labOf('name: a\nusers: { sam: { password: x } }\n')), undefined);
});

test('reads nothing and writes nothing before the first `make`, and says what is missing', (t) => {
  const { lab, certificates, folder } = labWith(t);
  t.deepEqual(certificates.server(NAMES), { pair: undefined, why: 'missing' });
  t.deepEqual(certificates.user(userOf(lab, 'sam')), { pair: undefined, why: 'missing' });
  t.deepEqual(certificates.revocations(), { list: undefined, why: 'missing' });
  t.deepEqual([certificates.brokerCa(), certificates.clientCa()], [undefined, undefined]);
  t.throws(() => readdirSync(folder), { code: 'ENOENT' });
});

test('makes all that the lab needs, for its owner alone', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const stems = ['ca', 'revoked', 'server-two', 'user-a%2fb', 'user-sam'];
  t.deepEqual(
    readdirSync(folder).sort(),
    [...stems.flatMap((stem) => [`${stem}.key`, `${stem}.pem`]), 'crl-two.pem'].sort(),
  );
  for (const name of readdirSync(folder)) t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  t.is(certificates.server(NAMES).why, undefined);
  t.is(certificates.revocations().why, undefined);
  for (const name of ['sam', 'a/b']) {
    const { pair, why } = certificates.user(userOf(lab, name));
    t.is(why, undefined);
    t.is(commonNameOf(new X509Certificate(pair?.chain ?? '')), name);
  }
  t.is(certificates.brokerCa(), certificates.clientCa());
  t.regex(new X509Certificate(certificates.brokerCa() ?? '').subject, /two$/);
});

test('keeps everything in a second `make`, also of a new process', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const before = textsIn(folder);
  await certificates.make(NAMES);
  await open(lab).make(NAMES);
  t.deepEqual(textsIn(folder), before);
});

test('makes one CA where two hosts ask at once', async (t) => {
  const { certificates, folder } = labWith(t);
  await Promise.all([certificates.make(NAMES), certificates.make(undefined), certificates.make(NAMES)]);
  t.is(certificates.server(NAMES).why, undefined);
  t.is(readdirSync(folder).filter((name) => name.endsWith('.new')).length, 0);
});

test('goes on after a `make` that failed', async (t) => {
  const { certificates, folder } = labWith(t);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), 'x');
  await t.throwsAsync(certificates.make(NAMES), { instanceOf: LabError });
  rmSync(join(folder, 'ca.pem'));
  await t.notThrowsAsync(certificates.make(NAMES));
});

test('makes the certificate of the broker alone again when a name is added', async (t) => {
  const { certificates, folder } = labWith(t);
  await certificates.make(NAMES);
  const before = textsIn(folder);
  const more = [...NAMES, 'hub.local'];
  t.regex(certificates.server(more).why ?? '', /hub\.local/);
  await certificates.make(undefined);
  t.deepEqual(textsIn(folder), before);
  await certificates.make(more);
  t.is(certificates.server(more).why, undefined);
  const changed = [...textsIn(folder)].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  t.deepEqual(changed.sort(), ['server-two.key', 'server-two.pem']);
});

test('makes what is due, and keeps the CA', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  const past = new Date(Date.now() - 70 * DAY_MS);
  const ca = await newAuthority('old', past);
  await writePair(lab, 'ca', ca);
  await writePair(lab, 'server-two', await newCertificate(ca, { kind: 'server', names: NAMES }, past));
  await writePair(lab, 'user-sam', await newCertificate(ca, { kind: 'client', user: 'sam' }, past));
  t.regex(certificates.server(NAMES).why ?? '', /^expires on/);
  t.regex(certificates.user(userOf(lab, 'sam')).why ?? '', /^expires on/);
  await certificates.make(NAMES);
  t.is(certificates.server(NAMES).why, undefined);
  t.is(certificates.user(userOf(lab, 'sam')).why, undefined);
  t.is(readFileSync(join(folder, 'ca.pem'), 'utf8'), ca.chain);
});

/** [what happens to the files of the CA] */
const damages: Readonly<Record<string, (folder: string) => void>> = {
  'its key lost': (folder) => rmSync(join(folder, 'ca.key')),
  'its certificate cut off': (folder) => writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nMII'),
  'its key another': (folder) => writeFileSync(join(folder, 'ca.key'), readFileSync(join(folder, 'server-two.key'))),
  'its key cut off': (folder) => writeFileSync(join(folder, 'ca.key'), '-----BEGIN PRIVATE KEY-----\n'),
};

for (const [name, damage] of Object.entries(damages)) {
  test(`never replaces a CA with ${name}`, async (t) => {
    const { certificates, folder } = labWith(t);
    await certificates.make(NAMES);
    damage(folder);
    const damaged = textsIn(folder);
    const error = await t.throwsAsync(certificates.make([...NAMES, 'more']), { instanceOf: LabError });
    t.is(error?.kind, 'could-not-run');
    t.regex(error?.message ?? '', /\.lab\/ca .*backup/s);
    t.deepEqual(textsIn(folder), damaged);
  });
}

test('makes the CA where the first run was interrupted after its key', async (t) => {
  const { certificates, folder } = labWith(t);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.key'), 'half');
  await certificates.make(NAMES);
  t.is(certificates.server(NAMES).why, undefined);
});

test('uses the certificate of the lab file, and still makes those of its clients', async (t) => {
  const directory = folderFor(t);
  const ca = await newAuthority('own');
  const { chain, key } = await newCertificate(ca, { kind: 'server', names: ['hub'] });
  const place = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const own = { certificate: place('s.pem', chain), key: place('s.key', key.reveal()), ca: place('c.pem', ca.chain) };
  const { lab } = labWith(t, '{}', directory);
  const certificates = open({ ...lab, broker: { ...lab.broker, tls: { own, revoke: [] } } });
  await certificates.make(['other']);
  t.is(certificates.brokerCa(), ca.chain);
  t.not(certificates.clientCa(), ca.chain);
  t.like(certificates.server(['other']), { pair: { chain }, why: undefined });
  t.is(certificates.user(userOf(lab, 'sam')).why, undefined);
  t.false(readdirSync(join(directory, '.lab/ca')).includes('server-two.pem'));
});

test("reads a user's own certificate, and never makes one for it", async (t) => {
  const { lab, certificates, folder } = labWith(t);
  const own = {
    name: 'bob',
    password: undefined,
    certificate: { certificate: join(lab.directory, 'b.pem'), key: join(lab.directory, 'b.key') },
  };
  t.deepEqual(certificates.user(own), { pair: undefined, why: undefined });
  writeFileSync(own.certificate.certificate, 'chain');
  writeFileSync(own.certificate.key, 'key');
  t.is(certificates.user(own).pair?.chain, 'chain');
  await certificates.make(NAMES);
  t.false(readdirSync(folder).some((name) => name.includes('bob')));
});

test('two labs of one folder share the CA and have broker certificates of their own', async (t) => {
  const { lab, certificates, folder } = labWith(t);
  const other = open({ ...lab, name: 'three' });
  await certificates.make(NAMES);
  await other.make(['hub']);
  t.is(certificates.server(NAMES).why, undefined);
  t.is(other.server(['hub']).why, undefined);
  t.is(certificates.brokerCa(), other.brokerCa());
  t.true(readdirSync(folder).includes('crl-three.pem'));
});

test("refuses a certificate of the lab file that has expired, or whose key is another's", async (t) => {
  const directory = folderFor(t);
  const ca = await newAuthority('own');
  const old = await newCertificate(ca, { kind: 'server', names: ['hub'] }, new Date(Date.now() - 100 * DAY_MS));
  const other = await newCertificate(ca, { kind: 'server', names: ['hub'] });
  const place = (name: string, text: string) => writeFileSync(join(directory, name), text);
  place('ca.pem', ca.chain);
  const own = '{ certificate: s.pem, key: s.key, ca: ca.pem }';
  for (const [chain, key, fault] of [
    [old.chain, old.key, /s\.pem expired on \d{4}-\d\d-\d\d$/],
    [old.chain, other.key, /does not belong to the key/],
    ['x', other.key, /is no certificate/],
  ] as const) {
    place('s.pem', chain);
    place('s.key', key.reveal());
    const { lab } = labWith(t, '{}', directory);
    const paths = {
      certificate: join(directory, 's.pem'),
      key: join(directory, 's.key'),
      ca: join(directory, 'ca.pem'),
    };
    const certificates = open({ ...lab, broker: { ...lab.broker, tls: { own: paths, revoke: [] } } });
    const error = t.throws(() => certificates.server(NAMES), { instanceOf: LabError }, own);
    t.regex(error.trouble.happened, fault);
  }
});

import { X509Certificate } from 'node:crypto';
import test from 'ava';
import { LabError } from '../../../../base/errors.ts';
import { anotherAuthority, wrongCertificate } from '../../../../checks/tls/wrong-certificates.ts';
import { CA, REVOKED, writePair } from '../../../../provisioning/certificates/files.ts';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { folderFor } from '../../_sh.ts';

test('each wrong certificate names the user and is wrong in its own way alone', async (t) => {
  const lab = { directory: folderFor(t) };
  const authority = await newAuthority('the CA');
  await writePair(lab, CA, authority);
  await writePair(lab, REVOKED, authority);
  const ca = new X509Certificate(authority.chain);
  const other = new X509Certificate((await anotherAuthority()).chain);
  const made = async (kind: 'self-signed' | 'other-ca' | 'expired') =>
    new X509Certificate((await wrongCertificate(lab, kind, 'sam')).chain);
  const [selfSigned, ofOther, expired] = [await made('self-signed'), await made('other-ca'), await made('expired')];
  for (const { subject } of [selfSigned, ofOther, expired]) t.is(subject, 'CN=sam');
  t.true(selfSigned.verify(selfSigned.publicKey));
  t.true(ofOther.verify(other.publicKey) && Date.parse(ofOther.validTo) > Date.now());
  t.true(expired.verify(ca.publicKey) && Date.parse(expired.validTo) < Date.now());
  t.is((await wrongCertificate(lab, 'revoked', 'sam')).chain, authority.chain);
});

test("names what is missing where the lab's CA is on another machine", async (t) => {
  const error = await t.throwsAsync(wrongCertificate({ directory: folderFor(t) }, 'expired', 'sam'), {
    instanceOf: LabError,
    message: /ca\.key.*missing/s,
  });
  t.is(error?.kind, 'could-not-run');
});

test('shows no revoked certificate that has expired, which a broker without the list would refuse too', async (t) => {
  const lab = { directory: folderFor(t) };
  const past = new Date(Date.now() - 100 * 86_400_000);
  await writePair(
    lab,
    REVOKED,
    await newCertificate(await newAuthority('the CA'), { kind: 'client', user: 'sam' }, past),
  );
  await t.throwsAsync(wrongCertificate(lab, 'revoked', 'sam'), {
    instanceOf: LabError,
    message: /revoked\.pem.* expired on/,
  });
});

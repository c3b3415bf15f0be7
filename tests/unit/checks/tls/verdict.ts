import { X509Certificate } from 'node:crypto';
import test from 'ava';
import * as judges from '../../../../checks/tls/verdict.ts';
import type { AttemptEnd, Outcome } from '../../../../probes/tls/attempt.ts';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';

const seen = (end: AttemptEnd, rest: Partial<Outcome> = {}): Outcome => ({
  end,
  isConnected: true,
  answers: [],
  ...rest,
});
const ANSWERED = seen({ kind: 'answered' }, { version: 'TLSv1.3' });
const CLOSED = seen({ kind: 'closed' });
const SILENT = seen({ kind: 'silent' });
const ALERT = seen({ kind: 'alert', text: 'protocol version' });
const NO_TCP = seen({ kind: 'unreachable', text: 'connect ECONNREFUSED' }, { isConnected: false });
const distrusted = (fault: 'issuer' | 'name' | 'time') => seen({ kind: 'distrusted', fault, text: fault });

test('shows what a certificate says, and for how many days', async (t) => {
  const made = await newCertificate(await newAuthority('the CA'), { kind: 'server', names: ['broker', '127.0.0.1'] });
  const certificate = new X509Certificate(made.chain).raw.toString('base64');
  const { validTo, ...shown } = judges.certificateSeen({ ...ANSWERED, certificate }) ?? { validTo: '' };
  t.deepEqual(shown, {
    version: 'TLSv1.3',
    subject: 'CN=mqtt-lab broker',
    issuer: 'CN=the CA',
    names: ['DNS:broker', 'IP Address:127.0.0.1'],
    daysLeft: 89,
  });
  t.regex(validTo, /^\d{4}-\d\d-\d\dT/);
});

test('a certificate passes where the client accepts it; nothing is said of a broker out of reach', (t) => {
  t.is(judges.judgeCertificate(ANSWERED).verdict, 'pass');
  const { verdict, reason, advice } = judges.judgeCertificate(distrusted('time'));
  t.is(verdict, 'fail');
  t.regex(reason ?? '', /refused the broker's certificate: time/);
  t.regex(advice ?? '', /lab up/);
  t.is(judges.judgeCertificate(CLOSED).verdict, 'fail');
  t.is(judges.judgeCertificate(NO_TCP).verdict, 'inconclusive');
});

test('a client must refuse a certificate for the expected fault', (t) => {
  t.is(judges.judgeDistrust(distrusted('name'), 'name').verdict, 'pass');
  t.regex(judges.judgeDistrust(distrusted('issuer'), 'name').reason ?? '', /another reason/);
  t.regex(judges.judgeDistrust(ANSWERED, 'issuer').reason ?? '', /accepted/);
  t.is(judges.judgeDistrust(CLOSED, 'issuer').verdict, 'fail');
});

test('an old version must be refused by the broker, not by the client', (t) => {
  for (const refused of [ALERT, CLOSED]) t.is(judges.judgeOldVersion(refused, 'TLSv1.1').verdict, 'pass');
  const agreed = seen({ kind: 'answered' }, { version: 'TLSv1.1' });
  t.regex(judges.judgeOldVersion(agreed, 'TLSv1.1').reason ?? '', /agreed on TLSv1\.1/);
  for (const other of [SILENT, NO_TCP, distrusted('issuer')]) {
    t.is(judges.judgeOldVersion(other, 'TLSv1.1').verdict, 'fail');
  }
  const lacks = seen({ kind: 'failed', text: 'no protocols available' });
  t.is(judges.judgeOldVersion(lacks, 'TLSv1').verdict, 'skipped');
});

test('a version works where the session has it and the login succeeds', (t) => {
  const due = (code: number | undefined) => ({ code, isDue: true });
  t.is(judges.judgeVersion(ANSWERED, 'TLSv1.3', due(0)).verdict, 'pass');
  t.regex(judges.judgeVersion(ANSWERED, 'TLSv1.2', due(0)).reason ?? '', /has TLSv1\.3/);
  t.regex(judges.judgeVersion(ANSWERED, 'TLSv1.3', due(5)).reason ?? '', /code 5/);
  t.regex(judges.judgeVersion(ANSWERED, 'TLSv1.3', due(undefined)).reason ?? '', /no CONNACK/);
  t.is(judges.judgeVersion(ANSWERED, 'TLSv1.3', { code: undefined, isDue: false }).verdict, 'pass');
  t.is(judges.judgeVersion(ALERT, 'TLSv1.3', due(undefined)).verdict, 'fail');
});

test('a client with a wrong certificate must be refused by the broker before any CONNACK', (t) => {
  for (const refused of [ALERT, CLOSED]) t.is(judges.judgeRefusedClient(refused, undefined).verdict, 'pass');
  for (const code of [0, 5]) t.regex(judges.judgeRefusedClient(ANSWERED, code).reason ?? '', /answered the CONNECT/);
  for (const other of [SILENT, NO_TCP, distrusted('time')]) {
    t.is(judges.judgeRefusedClient(other, undefined).verdict, 'fail');
  }
});

test('a port with TLS gives a plain client no CONNACK, and a plain port no TLS', (t) => {
  for (const nothing of [CLOSED, SILENT]) t.is(judges.judgePlain(nothing, undefined).verdict, 'pass');
  t.is(judges.judgePlain(ANSWERED, 0).verdict, 'fail');
  t.is(judges.judgePlain(NO_TCP, undefined).verdict, 'fail');
  for (const nothing of [CLOSED, SILENT, seen({ kind: 'failed', text: 'wrong version number' })]) {
    t.is(judges.judgeNoTls(nothing).verdict, 'pass');
  }
  for (const secure of [ANSWERED, ALERT, { ...distrusted('issuer'), certificate: 'AA==' }]) {
    t.is(judges.judgeNoTls(secure).verdict, 'fail');
  }
});

test('a listener is reachable exactly where it is bound to all addresses', (t) => {
  t.is(judges.judgeReach(ANSWERED, 'all').verdict, 'pass');
  t.is(judges.judgeReach(NO_TCP, 'loopback').verdict, 'pass');
  t.is(judges.judgeReach(ANSWERED, 'loopback').verdict, 'fail');
  t.is(judges.judgeReach(NO_TCP, 'all').verdict, 'fail');
});

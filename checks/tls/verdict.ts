import { X509Certificate } from 'node:crypto';
import { CALLED_AS } from '../../base/called-as.ts';
import type { Outcome, TlsVersion } from '../../probes/tls/attempt.ts';
import type { CertificateSeen } from '../../records/measured/certificate.ts';
import { connectionAdvice } from '../harness/advice.ts';
import type { Finding } from '../harness/check.ts';

const DAY_MS = 86_400_000;
const UP_RENEWS = `${CALLED_AS} up renews the certificate and makes the broker load it`;

/** How an attempt ended, in words. */
export function endText({ end }: Pick<Outcome, 'end'>): string {
  switch (end.kind) {
    case 'answered':
      return 'the broker answered';
    case 'unreachable':
      return `no TCP connection: ${end.text}`;
    case 'distrusted':
      return `the client refused the broker's certificate: ${end.text}`;
    case 'alert':
      return `the broker ended the connection with the alert "${end.text}"`;
    case 'closed':
      return 'the broker closed the connection';
    case 'silent':
      return 'nothing came within the bound';
    case 'failed':
      return `the client gave up: ${end.text}`;
  }
}

export function failed(outcome: Outcome, reason: string, observed: unknown = observedOf(outcome)): Finding {
  const { end } = outcome;
  return {
    ...{ verdict: 'fail', observed, reason },
    ...(end.kind === 'unreachable' ? connectionAdvice(end.text) : {}),
    ...(end.kind === 'silent' ? { isLate: true } : {}),
  };
}

export function passed(outcome: Outcome): Finding {
  return { verdict: 'pass', observed: observedOf(outcome) };
}

function observedOf(outcome: Outcome): object {
  const { version, isConnected } = outcome;
  return { connected: isConnected, ...(version === undefined ? {} : { version }), end: endText(outcome) };
}

/** What the broker's certificate says; undefined: it showed none. */
export function certificateSeen({ certificate, version }: Outcome, now = Date.now()): CertificateSeen | undefined {
  if (certificate === undefined) return undefined;
  const { subject, issuer, subjectAltName = '', validTo } = new X509Certificate(Buffer.from(certificate, 'base64'));
  return {
    ...(version === undefined ? {} : { version }),
    ...{ subject: oneLine(subject), issuer: oneLine(issuer) },
    names: subjectAltName.split(', ').filter((name) => name !== ''),
    validTo: new Date(validTo).toISOString(),
    daysLeft: Math.floor((Date.parse(validTo) - now) / DAY_MS),
  };
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}

/** The client, which has the right CA, must accept the certificate. */
export function judgeCertificate(outcome: Outcome): Finding {
  const observed = certificateSeen(outcome) ?? null;
  if (outcome.end.kind !== 'distrusted' && outcome.version !== undefined) return { verdict: 'pass', observed };
  // a path that does not work is the subject of other checks
  if (!outcome.isConnected) return { ...failed(outcome, endText(outcome), null), verdict: 'inconclusive' };
  const finding = failed(outcome, endText(outcome), observed);
  return outcome.end.kind === 'distrusted' ? { ...finding, advice: UP_RENEWS } : finding;
}

/** The client must refuse the certificate, and for this fault alone. */
export function judgeDistrust(outcome: Outcome, wanted: 'issuer' | 'name'): Finding {
  const { end, version } = outcome;
  if (end.kind === 'distrusted' && end.fault === wanted) return passed(outcome);
  if (end.kind === 'distrusted') return failed(outcome, `the client refused it for another reason: ${end.text}`);
  return failed(outcome, version === undefined ? endText(outcome) : 'the client accepted the certificate');
}

/** OpenSSL's words where the client itself lacks a version (SSL_R_NO_PROTOCOLS_AVAILABLE). */
const LACKS_VERSION = /no.protocols.available|unsupported.protocol/i;

/** The broker must refuse an old version in the handshake. */
export function judgeOldVersion(outcome: Outcome, version: TlsVersion): Finding {
  const { end } = outcome;
  if (end.kind === 'failed' && LACKS_VERSION.test(end.text)) {
    return { verdict: 'skipped', observed: observedOf(outcome), reason: `the client there does not offer ${version}` };
  }
  if (outcome.version !== undefined) return failed(outcome, `the broker agreed on ${outcome.version}`);
  return isRefusal(outcome) ? passed(outcome) : failed(outcome, endText(outcome));
}

/** The version must be the one that the client offers, and the login must succeed where a user may log in. */
export function judgeVersion(outcome: Outcome, version: TlsVersion, login: LoginSeen): Finding {
  if (outcome.version === undefined) return failed(outcome, endText(outcome));
  if (outcome.version !== version) return failed(outcome, `the session has ${outcome.version}`);
  return judgeLogin(outcome, login);
}

/** `code`: of the CONNACK; undefined: none came. `isDue`: whether the login should succeed. */
export type LoginSeen = { readonly code: number | undefined; readonly isDue: boolean };

export function judgeLogin(outcome: Outcome, { code, isDue }: LoginSeen): Finding {
  if (!isDue || code === 0) return passed(outcome);
  if (code !== undefined) return failed(outcome, `the broker refused the login with code ${code}`);
  return failed(outcome, `no CONNACK: ${endText(outcome)}`);
}

/** The broker must end the connection of a client with a wrong certificate before it answers the CONNECT. */
export function judgeRefusedClient(outcome: Outcome, code: number | undefined): Finding {
  if (code !== undefined) return failed(outcome, `the broker answered the CONNECT with code ${code}`);
  return isRefusal(outcome) ? passed(outcome) : failed(outcome, `not refused by the broker: ${endText(outcome)}`);
}

/** A client without TLS must get no CONNACK from a port with TLS. */
export function judgePlain(outcome: Outcome, code: number | undefined): Finding {
  if (code !== undefined) return failed(outcome, `the broker answered the CONNECT with code ${code}`);
  return outcome.isConnected ? passed(outcome) : failed(outcome, endText(outcome));
}

/** A client with TLS must get no session from a port without it; only TLS sends alerts. */
export function judgeNoTls(outcome: Outcome): Finding {
  const speaksTls = outcome.certificate !== undefined || outcome.version !== undefined || outcome.end.kind === 'alert';
  if (speaksTls) return failed(outcome, `the port speaks TLS: ${endText(outcome)}`);
  return outcome.isConnected ? passed(outcome) : failed(outcome, endText(outcome));
}

/** Whether TCP connects must be as the listener's `bind` says. */
export function judgeReach(outcome: Outcome, bind: 'all' | 'loopback'): Finding {
  if (outcome.isConnected === (bind === 'all')) return passed(outcome);
  return failed(outcome, bind === 'all' ? endText(outcome) : 'TCP connects');
}

function isRefusal({ isConnected, end }: Outcome): boolean {
  return isConnected && (end.kind === 'alert' || end.kind === 'closed');
}

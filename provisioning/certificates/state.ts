import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import process from 'node:process';
import type { KeyPair } from './files.ts';

/** What a certificate must be. */
export type Wanted = {
  /** PEM of the CA that must have signed it. */
  readonly ca: string | undefined;
  /** Host names and IP addresses that it must cover. */
  readonly names?: readonly string[];
  readonly commonName?: string;
  /** Serial numbers that are no longer valid, in lower case. */
  readonly revoked?: readonly string[];
  readonly now?: Date;
};

/** What remains of a certificate's life when the lab makes a new one. */
const RENEWED_AT = 1 / 3;

/** Why a new certificate is needed, for the plan; undefined where the pair is right. */
export function whyRenewed(pair: KeyPair | undefined, wanted: Wanted): string | undefined {
  if (pair === undefined || wanted.ca === undefined) return 'missing';
  const found = parse(pair.chain);
  const ca = parse(wanted.ca);
  if (found === undefined || ca === undefined || !isKeyOf(found, pair)) return 'unreadable';
  if (!found.checkIssued(ca) || !found.verify(ca.publicKey)) return "not of the lab's CA";
  const uncovered = (wanted.names ?? []).filter((name) => !covers(found, name));
  if (uncovered.length > 0) return `does not cover ${uncovered.join(', ')}`;
  if (wanted.commonName !== undefined && commonNameOf(found) !== wanted.commonName) return 'for another user';
  if (wanted.revoked?.includes(serialOf(found)) === true) return `its serial number ${serialOf(found)} is revoked`;
  return whyDue(found, wanted.now ?? new Date());
}

/** What is wrong with a pair that the lab does not make; undefined where nothing is. */
export function faultOf(pair: KeyPair | undefined, now = new Date()): string | undefined {
  const found = parse(pair?.chain ?? '');
  if (pair === undefined || found === undefined) return 'is no certificate in PEM form';
  if (!isKeyOf(found, pair)) return 'does not belong to the key beside it';
  if (Date.parse(found.validTo) <= now.getTime())
    return `expired on ${new Date(found.validTo).toISOString().slice(0, 10)}`;
  return undefined;
}

/** Why a certificate is due for renewal by its age. */
function whyDue({ validFrom, validTo }: X509Certificate, now: Date): string | undefined {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const left = to - now.getTime();
  if (left <= 0) return `expired on ${new Date(to).toISOString().slice(0, 10)}`;
  if (left > (to - from) * RENEWED_AT) return undefined;
  return `expires on ${new Date(to).toISOString().slice(0, 10)}`;
}

export function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

export function isKeyOf(certificate: X509Certificate, { key }: Pick<KeyPair, 'key'>): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key.reveal()));
  } catch {
    return false;
  }
}

/** Whether a client that uses this name or address accepts the certificate (RFC 6125, RFC 9525). */
export function covers(certificate: X509Certificate, name: string): boolean {
  return (
    (isIP(name) === 0 ? certificate.checkHost(name, { subject: 'never' }) : certificate.checkIP(name)) !== undefined
  );
}

/** In lower-case hexadecimal digits, as `broker.tls.revoke` lists it. */
export function serialOf({ serialNumber }: Pick<X509Certificate, 'serialNumber'>): string {
  return serialNumber.toLowerCase();
}

/** As text, without the escapes of RFC 4514. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  // toLegacyObject loads a part of node:tls, and node:tls lacks createSecureContext where that part came first (Node 20)
  process.getBuiltinModule('node:tls');
  const { CN } = certificate.toLegacyObject().subject;
  return typeof CN === 'string' ? CN : undefined;
}

// @peculiar/x509 needs it
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { Secret } from '../../base/secret.ts';
import type { KeyPair } from './files.ts';

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Of the broker's and of clients' certificates, which `up` renews. */
export const LEAF_DAYS = 90;
/** A Pi without a battery may be behind. */
const CLOCK_DAYS = 1;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** What a certificate of the lab's CA is for. */
export type Purpose =
  | { readonly kind: 'server'; readonly names: readonly string[] }
  | { readonly kind: 'client'; readonly user: string };

x509.cryptoProvider.set(globalThis.crypto);

/** A new CA with its key. */
export async function newAuthority(commonName: string, now = new Date()): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifeOf(CA_DAYS, now),
    serialNumber: newSerial(),
    name: new x509.Name([{ CN: [{ utf8String: commonName }] }]),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { chain: pem('CERTIFICATE', certificate.rawData), key: await exported(keys.privateKey) };
}

/** A certificate that the CA signs, with a new key. */
export async function newCertificate(authority: KeyPair, purpose: Purpose, now = new Date()): Promise<KeyPair> {
  const ca = new x509.X509Certificate(authority.chain);
  const keys = await newKeys();
  const commonName = purpose.kind === 'client' ? purpose.user : 'mqtt-lab broker';
  const names = purpose.kind === 'client' ? [] : purpose.names;
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifeOf(LEAF_DAYS, now),
    serialNumber: newSerial(),
    subject: new x509.Name([{ CN: [{ utf8String: commonName }] }]),
    issuer: ca.subjectName,
    publicKey: keys.publicKey,
    signingKey: await imported(authority.key),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        purpose.kind === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(names.length === 0
        ? []
        : [
            new x509.SubjectAlternativeNameExtension(
              names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
            ),
          ]),
    ],
  });
  return { chain: pem('CERTIFICATE', certificate.rawData), key: await exported(keys.privateKey) };
}

/** A list of revoked certificates (RFC 5280, 5), valid as long as its CA. */
export async function newRevocationList(
  authority: KeyPair,
  serials: readonly string[],
  now = new Date(),
): Promise<string> {
  const ca = new x509.X509Certificate(authority.chain);
  const list = await x509.X509CrlGenerator.create({
    issuer: ca.subjectName,
    thisUpdate: lifeOf(CA_DAYS, now).notBefore,
    nextUpdate: ca.notAfter,
    signingAlgorithm: SIGNATURE,
    signingKey: await imported(authority.key),
    entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: now })),
  });
  // the library's own label is not the one of RFC 7468
  return pem('X509 CRL', list.rawData);
}

function lifeOf(days: number, now: Date) {
  const from = now.getTime() - CLOCK_DAYS * DAY_MS;
  return { notBefore: new Date(from), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** Positive, without a leading zero byte, so that every program writes it alike (RFC 5280, 4.1.2.2). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function newKeys() {
  return await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

async function exported(key: webcrypto.CryptoKey): Promise<Secret> {
  return new Secret(pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key)));
}

async function imported(key: Secret): Promise<webcrypto.CryptoKey> {
  const base64 = key.reveal().replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return await webcrypto.subtle.importKey('pkcs8', Buffer.from(base64, 'base64'), CURVE, false, ['sign']);
}

/** RFC 7468. */
function pem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

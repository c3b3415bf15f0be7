import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  type JsonGeneralName,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { Secret } from '../../base/secret.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;

export type Issued = { readonly chain: string; readonly key: Secret };

export type Authority = {
  /** The certificate of the CA, as PEM. */
  readonly ca: string;
  /** A certificate for these names, or of a client where it has none; `ageMs`: how long ago its hour began. */
  issue(names: readonly JsonGeneralName[], ageMs?: number): Promise<Issued>;
};

/** A CA of a test's own. */
export async function authority(name = 'test CA'): Promise<Authority> {
  const keys = await newKeys();
  const subject = `CN=${name}`;
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...{ name: subject, keys, signingAlgorithm: ALGORITHM, serialNumber: '01', ...validity(0) },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    ca: ca.toString('pem'),
    async issue(names, ageMs = 0) {
      const { publicKey, privateKey } = await newKeys();
      const extensions: Extension[] = names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])];
      const issued = await X509CertificateGenerator.create({
        ...{ subject: 'CN=sam', issuer: subject, serialNumber: '02', ...validity(ageMs), extensions },
        ...{ publicKey, signingKey: keys.privateKey, signingAlgorithm: ALGORITHM },
      });
      const exported = await webcrypto.subtle.exportKey('pkcs8', privateKey);
      return { chain: issued.toString('pem'), key: new Secret(PemConverter.encode(exported, 'PRIVATE KEY')) };
    },
  };
}

async function newKeys() {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(ageMs: number) {
  const from = Date.now() - ageMs - 60_000;
  return { notBefore: new Date(from), notAfter: new Date(from + HOUR_MS) };
}

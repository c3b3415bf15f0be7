import process from 'node:process';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { commonNameOf, parse } from '../../../../provisioning/certificates/state.ts';

/** In a process that has not loaded node:tls: prints the name in a certificate, and what node:tls then has. */
export async function main(): Promise<number> {
  const authority = await newAuthority('mqtt-lab CA of test', new Date());
  const { chain } = await newCertificate(authority, { kind: 'client', user: 'sam' }, new Date());
  const certificate = parse(chain);
  const name = certificate && commonNameOf(certificate);
  console.log(name, typeof process.getBuiltinModule('node:tls').createSecureContext);
  return 0;
}

import { CALLED_AS } from '../../base/called-as.ts';
import { LabError } from '../../base/errors.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { CA, type KeyPair, REVOKED, readPair } from '../../provisioning/certificates/files.ts';
import { faultOf } from '../../provisioning/certificates/state.ts';

/** Certificates that the broker must refuse of a client. */
export const WRONG_CERTIFICATES = ['self-signed', 'other-ca', 'expired', 'revoked'] as const;
export type WrongCertificate = (typeof WRONG_CERTIFICATES)[number];

/** Whether only the lab's CA can make it. */
export function needsAuthority(kind: WrongCertificate): boolean {
  return kind === 'expired' || kind === 'revoked';
}

/** Longer than any certificate of the lab lives. */
const LONG_AGO_MS = 365 * 86_400_000;

let another: Promise<KeyPair> | undefined;

/** A CA that nobody trusts, which exists in this process alone. */
export async function anotherAuthority(): Promise<KeyPair> {
  another ??= import('../../provisioning/certificates/sign.ts').then(({ newAuthority }) => newAuthority('another CA'));
  return await another;
}

/** A wrong certificate with this common name. Throws a LabError where the lab's CA is missing. */
export async function wrongCertificate(
  lab: Pick<Lab, 'directory'>,
  kind: WrongCertificate,
  user: string,
): Promise<KeyPair> {
  const { newAuthority, newCertificate } = await import('../../provisioning/certificates/sign.ts');
  const purpose = { kind: 'client', user } as const;
  switch (kind) {
    case 'self-signed':
      return await newAuthority(user);
    case 'other-ca':
      return await newCertificate(await anotherAuthority(), purpose);
    case 'expired':
      return await newCertificate(present(readPair(lab, CA), CA), purpose, new Date(Date.now() - LONG_AGO_MS));
    case 'revoked':
      return unexpired(present(readPair(lab, REVOKED), REVOKED));
  }
}

/** An expired certificate would be refused without the list of revoked ones. */
function unexpired(pair: KeyPair): KeyPair {
  const fault = faultOf(pair);
  if (fault === undefined) return pair;
  const happened = `\`.lab/ca/${REVOKED}.pem\` ${fault}, so it cannot show that the broker loads the list of revoked ones`;
  throw new LabError(
    { subject: 'verify', step: 'show a revoked certificate', happened, advice: `${CALLED_AS} up renews it` },
    'could-not-run',
  );
}

function present(pair: KeyPair | undefined, stem: string): KeyPair {
  if (pair !== undefined) return pair;
  const happened = `\`.lab/ca/${stem}.key\` or its certificate is missing on this machine`;
  const advice = `run verify where \`${CALLED_AS} up\` made the certificates`;
  throw new LabError({ subject: 'verify', step: 'make a wrong certificate', happened, advice }, 'could-not-run');
}

import { userStem } from '../provisioning/certificates/files.ts';

/** What a Pi's clients need for TLS; it belongs to the lab alone. */
export const CLIENT_FOLDER = '/etc/mqtt-lab';
export const CLIENT_CA = `${CLIENT_FOLDER}/ca.pem`;

/** A user's certificate and key on a Pi. */
export function clientFiles(user: string): { readonly chain: string; readonly key: string } {
  const stem = `${CLIENT_FOLDER}/${userStem(user)}`;
  return { chain: `${stem}.pem`, key: `${stem}.key` };
}

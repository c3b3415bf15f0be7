import { userStem } from '../provisioning/certificates/files.ts';

/** The folders of all labs that a host serves. */
export const CLIENT_FOLDERS = '/etc/mqtt-lab';

/** What a lab's client programs on a host need for TLS. */
export function clientFolder(lab: string): string {
  return `${CLIENT_FOLDERS}/${lab}`;
}

export function clientCa(folder: string): string {
  return `${folder}/ca.pem`;
}

/** A user's certificate and key on a Pi. */
export function clientFiles(folder: string, user: string): { readonly chain: string; readonly key: string } {
  const stem = `${folder}/${userStem(user)}`;
  return { chain: `${stem}.pem`, key: `${stem}.key` };
}

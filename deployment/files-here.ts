import type { Lab, User } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { CA, CA_FOLDER, userStem } from '../provisioning/certificates/files.ts';

/** Where a user's clients on this machine find what they need for TLS, as absolute paths. */
export function filesHere(
  lab: Pick<Lab, 'directory' | 'broker'>,
  { name, certificate }: User,
): { readonly ca: string; readonly certificate: string; readonly key: string } {
  const stem = userStem(name);
  const inFolder = (file: string) => privateFolder(lab, CA_FOLDER, file);
  const made = { certificate: inFolder(`${stem}.pem`), key: inFolder(`${stem}.key`) };
  const ca = lab.broker.tls.own?.ca ?? inFolder(`${CA}.pem`);
  return { ca, ...(typeof certificate === 'object' ? certificate : made) };
}

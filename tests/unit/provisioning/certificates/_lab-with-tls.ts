import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Lab } from '../../../../lab-file/lab.ts';
import { type Certificates, certificatesOf } from '../../../../provisioning/certificates/certificates.ts';
import { labOf } from '../../_lab.ts';
import { folderFor } from '../../_sh.ts';

export const NAMES = ['localhost', '198.18.7.2'];
const USERS =
  'users: { sam: { password: sam, certificate: true }, "a/b": { password: x, certificate: true }, bob: { password: x } }';

/** A lab with TLS in a folder of its own; `tls` is what broker.tls says. */
export function labWith(t: ExecutionContext, tls = '{}', directory = folderFor(t)) {
  const text = `name: two\n${USERS}\nbroker: { listeners: [{ port: 8883, tls: {} }], tls: ${tls} }\n`;
  const lab: Lab = { ...labOf(text), directory };
  return { lab, certificates: open(lab), folder: join(directory, '.lab/ca') };
}

export function open(lab: Lab): Certificates {
  const certificates = certificatesOf(lab);
  if (certificates === undefined) throw new Error('no TLS');
  return certificates;
}

export function userOf({ users }: Lab, name: string) {
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw new Error(name);
  return user;
}

import { X509Certificate } from 'node:crypto';
import { quote } from '../../base/quote.ts';
import type { SshTarget } from '../../lab-file/ssh-url.ts';
import type { FoundListener } from './conf.ts';
import type { HostFiles } from './host-files.ts';
import type { WrittenListener } from './listeners.ts';

/** Where the certificate of the CA of a listener's certificate is on the host; otherwise the name of that CA, if known. */
export type CaFound = { readonly file: string } | { readonly issuer: string | undefined };

/** Looks into the files that the listener names: a self-signed certificate is its own CA, and `cafile` often has the other. */
export async function findCa(files: HostFiles, { options }: FoundListener): Promise<CaFound> {
  const [certfile, cafile] = [options.get('certfile')?.value, options.get('cafile')?.value];
  const [own] = await certificatesIn(files, certfile);
  if (own === undefined || certfile === undefined) return { issuer: undefined };
  if (isSignedBy(own, own)) return { file: certfile };
  const authorities = await certificatesIn(files, cafile);
  if (cafile !== undefined && authorities.some((ca) => isSignedBy(own, ca))) return { file: cafile };
  return { issuer: own.issuer.replaceAll('\n', ', ') };
}

/** What to do so that the lab verifies the listener. `from`: the host over SSH; undefined: this machine. */
export function verifyTls(listener: WrittenListener, ca: CaFound, from: SshTarget | undefined): string {
  const copy =
    'file' in ca
      ? `run \`${copyLine(ca.file, from)}\` beside the lab file`
      : `copy the certificate of its CA${ca.issuer === undefined ? '' : ` (${ca.issuer})`} to ca.pem beside the lab file`;
  const users = listener.tls?.clients === 'required' ? '; its users need client certificates' : '';
  const place = `in broker.listeners, in place of any listener on port ${listener.port}`;
  return `to verify it, ${copy}, add \`tls: { ca: ca.pem }\` to broker, and write \`${flow(listener)}\` ${place}${users}`;
}

function copyLine(file: string, from: SshTarget | undefined): string {
  if (from === undefined) return `cp ${quote(file)} ca.pem`;
  const { user, address, port } = from;
  const host = address.includes(':') ? `[${address}]` : address;
  const source = `${user === undefined ? '' : `${user}@`}${host}:${file}`;
  return `scp ${port === undefined ? '' : `-P ${port} `}${quote(source)} ca.pem`;
}

/** Empty where the file is missing or holds no certificate. */
async function certificatesIn(files: HostFiles, path: string | undefined): Promise<X509Certificate[]> {
  const text = path === undefined ? undefined : await files.file(path);
  const found = text?.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((pem) => new X509Certificate(pem));
  } catch {
    return [];
  }
}

function isSignedBy(certificate: X509Certificate, ca: X509Certificate): boolean {
  return certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
}

/** As YAML in one line. */
function flow(value: object | string | number): string {
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

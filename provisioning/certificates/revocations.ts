import type { Lab } from '../../lab-file/lab.ts';
import { CA, REVOKED, readPair, readText, revocationsName, userFiles, userStem } from './files.ts';
import { parse, serialOf, whyRenewed } from './state.ts';

type Owner = Pick<Lab, 'name' | 'directory' | 'broker' | 'users'>;

/** The list of revoked client certificates as PEM, and why `up` makes a new one. */
export type Revocations = { readonly list: string | undefined; readonly why: string | undefined };

export function revocationsOf(lab: Owner): Revocations {
  const [list, wanted] = [readText(lab, revocationsName(lab)), revokedSerials(lab)];
  if (list === undefined || wanted === undefined) return { list, why: 'missing' };
  const due = whyExampleIsRenewed(lab);
  if (due !== undefined) return { list, why: `the certificate that is always revoked: ${due}` };
  return { list, why: list.startsWith(listHeader(wanted)) ? undefined : 'lists other certificates' };
}

/** Why the certificate that is always revoked is made again: an expired one would be refused without the list. */
export function whyExampleIsRenewed(lab: Owner): string | undefined {
  return whyRenewed(readPair(lab, REVOKED), { ca: readText(lab, `${CA}.pem`) });
}

/** Undefined where the certificate that is always revoked is missing. */
export function revokedSerials(lab: Owner): string[] | undefined {
  const example = parse(readText(lab, `${REVOKED}.pem`) ?? '');
  if (example === undefined) return undefined;
  return [...new Set([serialOf(example), ...lab.broker.tls.revoke, ...strangers(lab)])];
}

/** Serial numbers of users who no longer have a certificate: with one, a listener might still let them in. */
function strangers(lab: Owner): string[] {
  const own = lab.users.filter(({ certificate }) => certificate === 'lab').map(({ name }) => `${userStem(name)}.pem`);
  return userFiles(lab).flatMap((name) => {
    const certificate = own.includes(name) ? undefined : parse(readText(lab, name) ?? '');
    return certificate === undefined ? [] : [serialOf(certificate)];
  });
}

/** Text before the PEM block, which its readers skip. */
export function listHeader(serials: readonly string[]): string {
  return `Revoked serial numbers: ${serials.join(', ')}\n`;
}

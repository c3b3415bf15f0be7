import { LabError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { hasTls } from '../../lab-file/listeners.ts';
import { privateFolder } from '../../lab-file/private-folder.ts';
import {
  CA,
  CA_FOLDER,
  type KeyPair,
  REVOKED,
  readIfPresent,
  readPair,
  readText,
  revocationsName,
  serverStem,
  userStem,
  writePair,
  writeText,
} from './files.ts';
import { listHeader, type Revocations, revocationsOf, revokedSerials, whyExampleIsRenewed } from './revocations.ts';
import type { Purpose } from './sign.ts';
import { faultOf, isKeyOf, parse, whyRenewed } from './state.ts';

type Owner = Pick<Lab, 'name' | 'directory' | 'broker' | 'users'>;

/** A pair as it is on this machine, and why `up` makes a new one; undefined where it does not. */
export type PairState = { readonly pair: KeyPair | undefined; readonly why: string | undefined };

/**
 * The certificates of a lab with TLS, in `.lab/ca/` or where the lab file says. Every read shows the files as they are at that
 * moment; only `make` writes.
 */
export type Certificates = {
  /** The CA with which clients verify the broker, as PEM. */
  brokerCa(): string | undefined;
  /** The CA with which the broker verifies clients. */
  clientCa(): string | undefined;
  server(names: readonly string[]): PairState;
  user(user: User): PairState;
  revocations(): Revocations;
  /** Makes what is missing or due. The names are those of the broker's certificate, undefined to leave that alone. */
  make(names: readonly string[] | undefined): Promise<void>;
};

/** Undefined where no listener has TLS. Reads and writes nothing yet. */
export function certificatesOf(lab: Owner): Certificates | undefined {
  return hasTls(lab) ? openCertificates(lab) : undefined;
}

function openCertificates(lab: Owner): Certificates {
  const { own, revoke } = lab.broker.tls;
  const ca = () => readText(lab, `${CA}.pem`);
  const server = (names: readonly string[]): PairState => {
    if (own !== undefined)
      return { pair: requireRight(own.certificate, ownPair(own.certificate, own.key)), why: undefined };
    const pair = readPair(lab, serverStem(lab));
    return { pair, why: whyRenewed(pair, { ca: ca(), names }) };
  };
  const user = ({ name, certificate }: User): PairState => {
    if (typeof certificate === 'object')
      return { pair: ownPair(certificate.certificate, certificate.key), why: undefined };
    const pair = readPair(lab, userStem(name));
    return { pair, why: whyRenewed(pair, { ca: ca(), commonName: name, revoked: revoke }) };
  };
  const make = async (names: readonly string[] | undefined) => {
    // loads in a fifth of a second
    const { newCertificate, newRevocationList } = await import('./sign.ts');
    const authority = await ensureAuthority(lab);
    const signed = async (stem: string, purpose: Purpose) =>
      await writePair(lab, stem, await newCertificate(authority, purpose));
    if (names !== undefined && server(names).why !== undefined)
      await signed(serverStem(lab), { kind: 'server', names });
    for (const each of lab.users) {
      if (each.certificate !== 'lab' || user(each).why === undefined) continue;
      await signed(userStem(each.name), { kind: 'client', user: each.name });
    }
    if (whyExampleIsRenewed(lab) !== undefined) {
      await signed(REVOKED, { kind: 'client', user: lab.users[0]?.name ?? 'revoked' });
    }
    const wanted = revokedSerials(lab);
    if (wanted === undefined || revocationsOf(lab).why === undefined) return;
    await writeText(lab, revocationsName(lab), `${listHeader(wanted)}${await newRevocationList(authority, wanted)}`);
  };
  let queue: Promise<unknown> = Promise.resolve();
  return {
    brokerCa: () => (own === undefined ? ca() : readIfPresent(own.ca)),
    clientCa: ca,
    server,
    user,
    revocations: () => revocationsOf(lab),
    make(names) {
      // hosts converge side by side
      const made = queue.then(() => make(names));
      queue = made.catch(() => undefined);
      return made;
    },
  };
}

function ownPair(certificate: string | undefined, key: string | undefined): KeyPair | undefined {
  const [chain, secret] = [certificate, key].map((file) => (file === undefined ? undefined : readIfPresent(file)));
  return chain === undefined || secret === undefined ? undefined : { chain, key: new Secret(secret) };
}

/** Throws a LabError for a certificate of the lab file that no broker could use. */
function requireRight(file: string | undefined, pair: KeyPair | undefined): KeyPair | undefined {
  const fault = faultOf(pair);
  if (fault === undefined) return pair;
  const happened = `${file ?? 'broker.tls.certificate'} ${fault}`;
  const advice =
    'replace the files of `broker.tls` in the lab file, or leave them out: the lab then makes a certificate';
  throw new LabError({ subject: 'broker', step: 'check the certificate', happened, advice }, 'could-not-run');
}

/** The CA is never replaced, since devices may trust it. Throws a LabError where its files are damaged. */
async function ensureAuthority(lab: Owner): Promise<KeyPair> {
  const found = readPair(lab, CA);
  // what it has signed shows that it was there
  const isNew = readText(lab, `${CA}.pem`) === undefined && readText(lab, `${REVOKED}.pem`) === undefined;
  if (isNew) {
    const { newAuthority } = await import('./sign.ts');
    const made = await newAuthority(`mqtt-lab CA of ${lab.name}`.slice(0, 64));
    await writePair(lab, CA, made);
    return made;
  }
  const certificate = parse(found?.chain ?? '');
  if (found !== undefined && certificate !== undefined && isKeyOf(certificate, found)) return found;
  const folder = privateFolder(lab, CA_FOLDER);
  const happened = `${folder} has a CA without its own key, or one that cannot be read`;
  const advice = `restore ca.pem and ca.key in ${folder} from a backup, or move the folder away: up then makes another CA, which every client must be given`;
  throw new LabError({ subject: 'this machine', step: "read the lab's CA", happened, advice }, 'could-not-run');
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Lab } from '../../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../../lab-file/private-folder.ts';

/** A certificate with its chain, and its private key, both as PEM. */
export type KeyPair = { readonly chain: string; readonly key: Secret };

type Owner = Pick<Lab, 'directory'>;

/** `.lab/ca/`: the CA of the lab file's folder, and what it has signed. */
export const CA_FOLDER = 'ca';
export const CA = 'ca';
/** A client certificate that is always revoked, so that a check can prove that the broker loads the list. */
export const REVOKED = 'revoked';

/** The stem of the broker's files. Labs in one folder share the CA and the users, and differ in these. */
export function serverStem({ name }: Pick<Lab, 'name'>): string {
  return `server-${name}`;
}

/** The file of a lab's revoked certificates. */
export function revocationsName({ name }: Pick<Lab, 'name'>): string {
  return `crl-${name}.pem`;
}

/** The stem of a user's files: the name, with `%XX` for what a file name may not hold. */
export function userStem(user: string): string {
  const encoded = [...Buffer.from(user)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  });
  return `user-${encoded.join('')}`;
}

/** The certificates of users, also of earlier ones. */
export function userFiles(lab: Owner): string[] {
  const folder = privateFolder(lab, CA_FOLDER);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^user-.*\.pem$/.test(name))
        .sort()
    : [];
}

export function readText(lab: Owner, name: string): string | undefined {
  return readIfPresent(privateFolder(lab, CA_FOLDER, name));
}

/** Undefined where the file is missing. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function readPair(lab: Owner, stem: string): KeyPair | undefined {
  const [chain, key] = [readText(lab, `${stem}.pem`), readText(lab, `${stem}.key`)];
  return chain === undefined || key === undefined ? undefined : { chain, key: new Secret(key) };
}

/** The key first: a certificate without its key would look whole. */
export async function writePair(lab: Owner, stem: string, { chain, key }: KeyPair): Promise<void> {
  await writeText(lab, `${stem}.key`, key.reveal());
  await writeText(lab, `${stem}.pem`, chain);
}

export async function writeText(lab: Owner, name: string, text: string): Promise<void> {
  await mkdir(privateFolder(lab, CA_FOLDER), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const file = path.join(privateFolder(lab, CA_FOLDER), name);
  await rm(`${file}.new`, { force: true });
  await writePrivate(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

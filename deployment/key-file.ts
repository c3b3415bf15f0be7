import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../lab-file/private-folder.ts';

export type OwnKey = {
  readonly file: string;
  /** As in authorized_keys and known_hosts. */
  readonly publicKey: string;
};

/** An ed25519 key of the lab below `.lab/`, created when it is missing, mode 0600 from the start. */
export async function ensureKey(lab: Pick<Lab, 'directory'>, file: string, comment: string): Promise<OwnKey> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const existing = await findKey(file);
  if (existing !== undefined) return existing;
  const { ed25519Pair } = await import('../provisioning/hosts/ed25519.ts');
  const pair = ed25519Pair(comment);
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  await writePrivate(staged, pair.private);
  await rename(staged, file);
  const made = await findKey(file);
  if (made === undefined) throw new Error(`cannot read the new key ${file}`);
  return made;
}

/** The key, if it exists and is usable. Changes nothing. */
export async function findKey(file: string): Promise<OwnKey | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // help and many commands need no SSH, which is slow to load
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) return undefined;
  const [first] = [key].flat();
  return first === undefined
    ? undefined
    : { file, publicKey: `${first.type} ${first.getPublicSSH().toString('base64')}` };
}

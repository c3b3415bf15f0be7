import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder, writePrivate } from '../lab-file/private-folder.ts';

export type LoginKey = { readonly file: string; readonly publicKey: string };

/** The lab's own ed25519 key for its containers, created when it is missing: `.lab/keys/NAME`, mode 0600 from the start. */
export async function ensureLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<LoginKey> {
  const folder = privateFolder(lab, 'keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(privateFolder(lab), 0o700);
  const file = path.join(folder, lab.name);
  const existing = await publicKeyOf(file);
  if (existing !== undefined) return { file, publicKey: existing };
  const { ed25519Pair } = await import('../provisioning/hosts/ed25519.ts');
  const pair = ed25519Pair(`mqtt-lab ${lab.name}`);
  const staged = `${file}.new`;
  await rm(staged, { force: true });
  await writePrivate(staged, pair.private);
  await rename(staged, file);
  const publicKey = await publicKeyOf(file);
  if (publicKey === undefined) throw new Error(`cannot read the new key ${file}`);
  return { file, publicKey };
}

/** The key, if it exists and is usable. Changes nothing. */
export async function findLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<LoginKey | undefined> {
  const file = privateFolder(lab, 'keys', lab.name);
  const publicKey = await publicKeyOf(file);
  return publicKey === undefined ? undefined : { file, publicKey };
}

export async function removeLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<void> {
  const file = privateFolder(lab, 'keys', lab.name);
  await rm(file, { force: true });
  await rm(`${file}.new`, { force: true });
}

async function publicKeyOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // help and many commands need no SSH, which is slow to load
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) return undefined;
  const [first] = [key].flat();
  return first === undefined ? undefined : `${first.type} ${first.getPublicSSH().toString('base64')}`;
}

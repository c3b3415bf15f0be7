import { rm } from 'node:fs/promises';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { ensureKey, findKey, type OwnKey } from './key-file.ts';

/** The lab's own ed25519 key for its containers, created when it is missing: `.lab/keys/NAME`. */
export async function ensureLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<OwnKey> {
  return await ensureKey(lab, fileOf(lab), `mqtt-lab ${lab.name}`);
}

/** The key, if it exists and is usable. Changes nothing. */
export async function findLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<OwnKey | undefined> {
  return await findKey(fileOf(lab));
}

export async function removeLoginKey(lab: Pick<Lab, 'directory' | 'name'>): Promise<void> {
  const file = fileOf(lab);
  await rm(file, { force: true });
  await rm(`${file}.new`, { force: true });
}

function fileOf(lab: Pick<Lab, 'directory' | 'name'>): string {
  return privateFolder(lab, 'keys', lab.name);
}

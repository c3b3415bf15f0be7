import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Lab } from './lab.ts';

/** `.lab/` beside the lab file, with keys, records and backups; readable by this user alone. */
export function privateFolder(lab: Pick<Lab, 'directory'>, ...names: string[]): string {
  return path.join(lab.directory, '.lab', ...names);
}

/** Writes and syncs a new file that only this user can read, from the start. Throws EEXIST where it exists. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Lab } from './lab.ts';

/** `.lab/` beside the lab file: keys, runs and what is kept, for this user's eyes only. */
export function privateFolder(lab: Pick<Lab, 'directory'>, ...names: string[]): string {
  return path.join(lab.directory, '.lab', ...names);
}

/** Makes a file for this user's eyes only from the start, and has it on the disk; throws EEXIST where it is there. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

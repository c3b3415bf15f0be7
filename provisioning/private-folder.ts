import path from 'node:path';
import type { Lab } from './lab-file/lab.ts';

/** `.lab/` beside the lab file: keys and runs, for this user's eyes only. */
export function privateFolder(lab: Pick<Lab, 'directory'>, ...names: string[]): string {
  return path.join(lab.directory, '.lab', ...names);
}

import { shellScript } from '../../base/shell-script.ts';
import { BACKUPS } from './backup-folder.ts';

/** Folder on this machine with the record of what the lab installed for its containers. No lab's name has a dot. */
export const TOOLS = `${BACKUPS}/.tools`;

/** File in a lab's folder on the host: which packages the lab's own apt transactions have installed. */
export function recordFile(folder: string): string {
  return `${folder}/packages`;
}

/**
 * Shell that makes apt record what it installs, in lines `requested NAME…` and `package NAME[:ARCHITECTURE] STATE`, with
 * dpkg's state of the package before. Leaves apt's options in `$recording`. A lab's folder is root's alone, TOOLS is not.
 */
export function recordPackages(folder: string, requested: readonly string[]): string {
  const hook = shellScript('note-packages.sh', import.meta.url, { record: recordFile(folder) });
  const mode = folder === TOOLS ? '0755' : '0700';
  const values = { folder, mode, requested, hook_text: `#!/bin/sh\n${hook}` };
  return shellScript('record-packages.sh', import.meta.url, values);
}

/** Shell that removes from a folder's record what a failed transaction did not install. */
export function forgetAbsent(folder: string): string {
  return shellScript('forget-absent.sh', import.meta.url, { record: recordFile(folder) });
}

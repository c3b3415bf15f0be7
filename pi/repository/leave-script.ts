import { shellScript } from '../../base/shell-script.ts';
import { LOCK_WAIT_S } from '../../provisioning/resources/apt.ts';
import { backupFolder } from '../../provisioning/resources/backup-folder.ts';
import { recordFile } from '../../provisioning/resources/package-record.ts';
import { KEYRINGS, PREFERENCES, SOURCE } from './files.ts';
import { CLIENTS } from './offered.ts';
import { refuseOtherOwners } from './owner.ts';

/**
 * Shell that returns the packages of the repository to the host's other sources, then removes the repository.
 * @param lab whose folder on the host notes what it has installed; undefined: the whole host is the lab's
 */
export function leaveScript(lab: string | undefined): string {
  const leave = shellScript('leave.sh', import.meta.url, {
    source: SOURCE,
    preferences: PREFERENCES,
    keyrings: KEYRINGS,
    clients: CLIENTS,
    record: lab === undefined ? '' : recordFile(backupFolder(lab)),
    lock_wait: LOCK_WAIT_S,
  });
  return ['set -e', ...(lab === undefined ? [] : [refuseOtherOwners([lab])]), leave].join('\n');
}

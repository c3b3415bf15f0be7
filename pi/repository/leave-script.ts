import { shellScript } from '../../base/shell-script.ts';
import { LOCK_WAIT_S } from '../../provisioning/resources/apt.ts';
import { backupFolder } from '../../provisioning/resources/backup-folder.ts';
import { recordFile } from '../../provisioning/resources/package-record.ts';
import { KEYRINGS, PREFERENCES, SOURCE } from './files.ts';
import { CLIENTS } from './offered.ts';
import { refuseOtherOwners } from './owner.ts';

/**
 * Shell that returns the packages of the repository to the host's other sources, then removes the repository.
 * @param lab whose folder on the host records what it installed; undefined where the lab owns the whole host
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

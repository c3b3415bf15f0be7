/** Where a host keeps the backups of what it was before a lab: a folder for each lab, readable by root alone. */
export const BACKUPS = '/var/lib/mqtt-lab';

/** Everything that `down` needs to restore the host. A lab's name has lower-case letters, digits and hyphens only. */
export function backupFolder(lab: string): string {
  return `${BACKUPS}/${lab}`;
}

/** Shell that makes a lab's folder and leaves its name in `$folder`. */
export function openBackup(lab: string): string {
  return `folder=${backupFolder(lab)}
install -d -m 0755 ${BACKUPS}
install -d -m 0700 "$folder"`;
}

/** Shell that removes a lab's folder, as the last step of restoring the host. */
export const REMOVE_BACKUP = `rm -rf "$folder"
rmdir --ignore-fail-on-non-empty ${BACKUPS} 2>/dev/null || true`;

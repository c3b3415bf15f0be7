/** Where a host keeps what it was before a lab: a folder for each lab, for root's eyes only. */
export const BACKUPS = '/var/lib/mqtt-lab';

/** Everything that is needed to give the host back from this lab. A lab's name has lower-case letters, digits and hyphens only. */
export function backupFolder(lab: string): string {
  return `${BACKUPS}/${lab}`;
}

/** Shell that makes a lab's folder and has its name in `$folder`. */
export function openBackup(lab: string): string {
  return `folder=${backupFolder(lab)}
install -d -m 0755 ${BACKUPS}
install -d -m 0700 "$folder"`;
}

/** Shell that removes a lab's folder, last of all since the host is given back from it. */
export const REMOVE_BACKUP = `rm -rf "$folder"
rmdir --ignore-fail-on-non-empty ${BACKUPS} 2>/dev/null || true`;

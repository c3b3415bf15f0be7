import { quote } from '../../base/quote.ts';
import { shellScript } from '../../base/shell-script.ts';
import { openBackup } from '../../provisioning/resources/backup-folder.ts';
import type { WantedFile } from '../../provisioning/resources/files.ts';
import { replaceFiles } from '../../provisioning/resources/replace-files.ts';
import { KEYRINGS } from './files.ts';
import { CANDIDATE, CLIENTS } from './offered.ts';
import { refuseOtherOwners } from './owner.ts';

/** Apt's complaint about a repository that has everything but the package. */
export const MISSING = `no ${CLIENTS} in the repository`;

export type UseOptions = {
  readonly key: WantedFile;
  readonly preferences: WantedFile;
  readonly source: WantedFile;
  /** Files of other keys, which are removed. */
  readonly unused: readonly string[];
  /** The lab of the source, which gets a folder on the host; undefined where the lab owns the whole host. */
  readonly lab: string | undefined;
  /** A lab that has left the host, whose source may be replaced. */
  readonly formerLab: string | undefined;
};

/**
 * Shell that installs key, preferences and source after apt has read the repository with copies of them. Then it moves the
 * package lists to apt's folder and removes unused keys.
 */
export function useScript({ key, preferences, source, unused, lab, formerLab }: UseOptions): string {
  const values = { keyrings: KEYRINGS, clients: CLIENTS, missing: MISSING };
  // the folder comes before the source, since it shows other labs that this one uses the host
  const folder = lab === undefined ? [] : [openBackup(lab)];
  const check = [CANDIDATE, shellScript('use.sh', import.meta.url, values), ...folder].join('\n');
  return [
    ...(lab === undefined ? [] : [refuseOtherOwners([lab, ...(formerLab === undefined ? [] : [formerLab])])]),
    replaceFiles('/etc/apt', [key, preferences, source], check),
    // their names are made from the repository's URL; lock and partial have no _
    'mv -f "$staged"/lists/*_* /var/lib/apt/lists/',
    ...(unused.length === 0 ? [] : [`rm -f ${unused.map(quote).join(' ')}`]),
  ].join('\n');
}

import { shellScript } from '../base/shell-script.ts';
import { backupFolder, REMOVE_BACKUP } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { PATHS } from './paths.ts';

const TIMEOUT_MS = 600_000;
const IS_FOREIGN = shellScript('foreign-file.sh', import.meta.url, PATHS);

/** Restores what was on the host before the lab: files, accounts, the broker that ran. The backup goes last. */
export function restoreBackup(lab: string): Resource {
  const folder = backupFolder(lab);
  const query = restoreQuery(folder);
  return {
    id: 'restore',
    queries: [query],
    plan(facts, earlier) {
      const lines = facts.get(query).output.split('\n');
      // its accounts can go only when Debian's package is gone
      const isPurged = earlier.some(({ kind, name }) => kind === 'package' && name === 'mosquitto');
      const items = restoreItems(folder, isPurged ? lines.filter((line) => line !== 'installed') : lines);
      if (items.length === 0) return { items };
      const change = {
        summary: items.length === 1 ? `remove ${folder}` : 'restore the state before the lab',
        script: restoreScript(folder),
        timeoutMs: TIMEOUT_MS,
        advice: `the backup is still in ${folder}; run the command again`,
      };
      return { items, change };
    },
  };
}

function restoreQuery(folder: string): Query {
  const facts = shellScript('restore-facts.sh', import.meta.url, { ...PATHS, folder });
  return { id: 'restore', script: `${IS_FOREIGN}\n${facts}` };
}

function restoreScript(folder: string): string {
  const restore = shellScript('restore.sh', import.meta.url, { ...PATHS, folder });
  const functions = `${PROCESS_FUNCTIONS}\n${IS_FOREIGN}`;
  return `${functions}\nset -e\numask 022\n[ -d ${folder} ] || exit 0\n${restore}\n${REMOVE_BACKUP}`;
}

function restoreItems(folder: string, lines: readonly string[]): Item[] {
  if (!lines.includes('backup')) return [];
  const items = lines.flatMap((line): Item[] => {
    const [word = '', ...rest] = line.split(' ');
    const name = rest.join(' ');
    switch (word) {
      case 'foreign':
        return [{ action: 'unchanged', kind: 'file', name, detail: 'stays: it was added or changed since' }];
      case 'folder':
        return [{ action: 'change', kind: 'folder', name, detail: 'restored' }];
      case 'remnant':
        return [{ action: 'remove', kind: 'file', name, detail: 'left by an interrupted purge' }];
      case 'account':
        if (lines.includes('installed')) return [];
        return [{ action: 'remove', kind: name === 'passwd' ? 'user' : 'group', name: 'mosquitto' }];
      default:
        return [];
    }
  });
  const ran = lines.some((line) => line === 'active active' || line.startsWith('process '));
  const service = { action: 'change', kind: 'service', name: 'mosquitto', detail: 'runs as before the lab' } as const;
  return [...items, ...(ran ? [service] : []), { action: 'remove', kind: 'backup', name: folder }];
}

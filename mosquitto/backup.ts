import { CALLED_AS } from '../base/called-as.ts';
import { LabError } from '../base/errors.ts';
import { shellScript } from '../base/shell-script.ts';
import type { Lab } from '../lab-file/lab.ts';
import { planHost } from '../provisioning/plan-host.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { ownHeader } from './conf.ts';
import { DATA_FOLDERS, PATHS } from './paths.ts';
import { STOP_BROKER } from './stop-broker.ts';

const BACKUP_TIMEOUT_MS = 600_000;
const ADVICE = 'check that the disk of this host is not full';

/**
 * Backs the host up before the lab's first change, for `down`: its Mosquitto, what ran, and exact copies of its files.
 * Makes no backup where the other resources change nothing.
 * Throws a LabError on a host that an interrupted `down` has restored in part.
 */
export function backup(lab: Pick<Lab, 'name'>, others: readonly Resource[]): Resource {
  const query = backupQuery(lab.name);
  return {
    id: 'backup',
    queries: [query, ...others.flatMap(({ queries }) => queries)],
    plan(facts) {
      const item = { kind: 'backup', name: backupFolder(lab.name) };
      const found = facts.get(query).output.split('\n');
      if (found.includes('restoring')) throw partlyRestored(item.name);
      if (found.includes('complete')) return { items: [{ ...item, action: 'unchanged' }] };
      // an earlier version of the lab made no backup, and the host is now the lab's
      if (found.includes('own')) return { items: [] };
      if (planHost(others, facts).steps.length === 0) return { items: [] };
      const change = {
        summary: `back up this host to ${item.name}`,
        script: backupScript(lab.name, shellScript('backup.sh', import.meta.url, values(lab.name))),
        timeoutMs: BACKUP_TIMEOUT_MS,
        advice: ADVICE,
      };
      return { items: [{ ...item, action: 'create' }], change };
    },
  };
}

function partlyRestored(folder: string): LabError {
  const happened = `an interrupted \`down\` has restored this host in part; the rest of the backup is in ${folder}`;
  const advice = `run \`${CALLED_AS} down\`, which restores the rest, then this command again`;
  return new LabError({ subject: 'broker', step: 'check the backup', happened, advice }, 'could-not-run');
}

/**
 * Copies the database and the log of a running Mosquitto only when the lab's broker is about to replace it, so that its
 * sessions lose no messages before that.
 */
export function dataBackup(lab: Pick<Lab, 'name'>): Resource {
  const query = backupQuery(lab.name);
  return {
    id: 'data backup',
    queries: [query],
    plan(facts, earlier) {
      const found = facts.get(query).output.split('\n');
      const isPlanned = earlier.some(({ kind, name }) => kind === 'backup' && name === backupFolder(lab.name));
      // where no broker runs, the backup itself copies the data
      const isMissing = found.includes('complete') ? !found.includes('data') : isPlanned && found.includes('running');
      if (!isMissing) return { items: [] };
      const item: Item = { action: 'create', kind: 'backup', name: DATA_FOLDERS.join(', ') };
      const change = {
        summary: `stop the running Mosquitto and back up ${DATA_FOLDERS.join(' and ')}`,
        script: backupScript(lab.name, `${STOP_BROKER}\nstop_broker\ncopy_data`),
        timeoutMs: BACKUP_TIMEOUT_MS,
        advice: ADVICE,
      };
      return { items: [item], change };
    },
  };
}

function backupQuery(lab: string): Query {
  const facts = shellScript('backup-facts.sh', import.meta.url, { ...values(lab), own_header: ownHeader(lab) });
  return { id: 'backup', script: `${PROCESS_FUNCTIONS}\n${facts}` };
}

function backupScript(lab: string, script: string): string {
  const copyData = shellScript('copy-data.sh', import.meta.url, values(lab));
  return [PROCESS_FUNCTIONS, 'set -e', 'umask 077', openBackup(lab), copyData, script].join('\n');
}

function values(lab: string) {
  return { ...PATHS, folder: backupFolder(lab) };
}

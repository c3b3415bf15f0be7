import { CALLED_AS, PROGRAM } from '../base/called-as.ts';
import { LabError } from '../base/errors.ts';
import { shellScript } from '../base/shell-script.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { ownHeader } from './conf.ts';
import { PATHS } from './paths.ts';
import { STOP_BROKER } from './stop-broker.ts';
import { END_TRIAL } from './trial.ts';

const TIMEOUT_MS = 600_000;

/**
 * Stops the lab's broker and removes its files, before the packages go. Throws a LabError where another lab has taken
 * the host over: that lab must restore it first.
 */
export function removeBroker(lab: string): Resource {
  const query = labBrokerQuery(lab);
  return {
    id: 'lab broker',
    queries: [query],
    plan(facts) {
      const lines = facts.get(query).output.split('\n');
      const values = (word: string) =>
        lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
      const [other] = values('other');
      if (other !== undefined) throw takenOver(other);
      const [pid] = values('process');
      const files = values('file');
      if (pid === undefined && files.length === 0) return { items: [] };
      const items: Item[] = [
        ...(pid === undefined
          ? []
          : [{ action: 'remove', kind: 'process', name: `mosquitto ${pid}`, detail: "the lab's broker" } as const]),
        ...files.map((name): Item => ({ action: 'remove', kind: 'file', name })),
      ];
      const removal = shellScript('remove-files.sh', import.meta.url, { ...PATHS, folder: backupFolder(lab) });
      const stop = pid === undefined ? [] : [STOP_BROKER, 'stop_broker'];
      const change = {
        summary: `${pid === undefined ? '' : 'stop the broker, '}remove ${files.join(', ')}`,
        script: [PROCESS_FUNCTIONS, 'set -e', ...stop, END_TRIAL, removal].join('\n'),
        timeoutMs: TIMEOUT_MS,
      };
      return { items, change };
    },
  };
}

function takenOver(other: string): LabError {
  const happened = `the lab "${other}" has taken this host over`;
  const advice = `run ${PROGRAM} down of that lab first, or \`${CALLED_AS} down ${other}\`: it restores this lab's broker`;
  return new LabError({ subject: 'broker', step: 'restore the host', happened, advice }, 'failed');
}

function labBrokerQuery(lab: string): Query {
  const values = { ...PATHS, folder: backupFolder(lab), own_header: ownHeader(lab) };
  const facts = shellScript('lab-broker-facts.sh', import.meta.url, values);
  return { id: 'lab-broker', script: `${PROCESS_FUNCTIONS}\n${facts}` };
}

import { shellScript } from '../../base/shell-script.ts';
import { PATHS } from '../../mosquitto/paths.ts';
import { serviceScript } from '../../mosquitto/service-script.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';

/** A clean stop, as by an administrator, or a crash. */
export type BrokerEnd = 'stop' | 'crash';

const RESTART_BOUND_MS = 60_000;
const SAVE_BOUND_MS = 15_000;
/** From Debian's main configuration file, which the lab does not change. */
const DATABASE_FOLDER = '/var/lib/mosquitto';

const FUNCTIONS = `${PROCESS_FUNCTIONS}\n${shellScript('broker-functions.sh', import.meta.url, PATHS)}`;

/**
 * Ends the broker and starts it as `up` does. It is one script that ignores signals, so that the host completes it
 * without this process: a check must not leave the broker down.
 */
export function restartScript(end: BrokerEnd): string {
  const endBroker = shellScript('end-broker.sh', import.meta.url, { end });
  return ['trap : HUP INT TERM PIPE', FUNCTIONS, endBroker, serviceScript('start')].join('\n');
}

export async function restartBroker(host: Host, end: BrokerEnd): Promise<void> {
  const step = `${end} the broker and start it again`;
  await run(host, { step, script: restartScript(end), root: true, timeoutMs: RESTART_BOUND_MS });
}

/** Makes the broker write its database. Resolves when the file is there. */
export async function saveDatabase(host: Host): Promise<void> {
  const save = shellScript('save-database.sh', import.meta.url, { database_folder: DATABASE_FOLDER });
  const script = `${FUNCTIONS}\n${save}`;
  await run(host, { step: "save the broker's database", script, root: true, timeoutMs: SAVE_BOUND_MS });
}

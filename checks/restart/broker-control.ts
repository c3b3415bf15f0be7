import { BINARY, MAIN_CONF } from '../../mosquitto/paths.ts';
import { planService } from '../../mosquitto/service.ts';
import { type Host, run } from '../../provisioning/hosts/host.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';

/** A clean stop, as by an administrator, or a crash. */
export type BrokerEnd = 'stop' | 'crash';

const RESTART_BOUND_MS = 60_000;
const SAVE_BOUND_MS = 15_000;
/** Of Debian's main file, which the lab leaves as it is. */
const DATABASE_FOLDER = '/var/lib/mosquitto';

const FUNCTIONS = `${PROCESS_FUNCTIONS}
pids() { pids_of mosquitto ${MAIN_CONF}; }
wait_for() {
  tries=0
  until "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 200 ]; then echo "$2" >&2; exit 1; fi
    sleep 0.05
  done
}
old=$(pids | head -n 1)
if [ -z "$old" ]; then echo '${BINARY} does not run' >&2; exit 1; fi
is_gone() { ! pids | grep -qxF -- "$old"; }`;

const END: Readonly<Record<BrokerEnd, string>> = {
  stop: `if [ -d /run/systemd/system ]; then systemctl stop mosquitto; else kill -s TERM "$old"; fi
wait_for is_gone 'the broker does not stop'`,
  // the service manager may start it again at once: what runs then is not the one that crashed
  crash: `kill -s KILL "$old"
wait_for is_gone 'the broker does not end'`,
};

/**
 * Ends the broker and starts it as `up` does, in one script that the host brings to its end whatever becomes of this process: a broker that is
 * down is nothing that a check may leave behind.
 */
export function restartScript(end: BrokerEnd): string {
  const { change: start } = planService({ code: 0, output: '' });
  if (start === undefined) throw new Error('a broker that does not run is always started');
  return `trap : HUP INT TERM PIPE\n${FUNCTIONS}\n${END[end]}\n${start.script}`;
}

export async function restartBroker(host: Host, end: BrokerEnd): Promise<void> {
  const step = end === 'stop' ? 'stop the broker and start it again' : 'crash the broker and start it again';
  await run(host, { step, script: restartScript(end), root: true, timeoutMs: RESTART_BOUND_MS });
}

/** Has the broker write its database: mosquitto(8), SIGUSR1. Resolves when the file is there. */
export async function saveDatabase(host: Host): Promise<void> {
  const script = `${FUNCTIONS}
stamp() { find ${DATABASE_FOLDER} -maxdepth 1 -type f ! -name '*.new' -exec stat -c '%n %i %z' {} + | sort; }
before=$(stamp)
is_saved() { [ "$(stamp)" != "$before" ]; }
kill -s USR1 "$old"
wait_for is_saved 'the broker does not write its database upon SIGUSR1'`;
  await run(host, { step: 'have the broker save its database', script, root: true, timeoutMs: SAVE_BOUND_MS });
}

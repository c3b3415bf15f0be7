import { quote } from '../../base/quote.ts';
import { CONF_D, CONFIG_FOLDER, LAB_CONF, MAIN_CONF } from '../../mosquitto/paths.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';

const ORIGINAL = '/root/mutants-original';

/** To be run once, before the first mutant. */
export const KEEP_ORIGINAL = `rm -rf ${ORIGINAL} && cp -a ${CONFIG_FOLDER} ${ORIGINAL}`;

/**
 * Shell functions of mutants on a broker's machine without systemd. `restart`: the broker anew, waiting for its port for up to two seconds: a
 * mutant may keep it from opening. `original`: the configuration as the lab wrote it, and nothing that the broker has kept.
 */
const FUNCTIONS = `${PROCESS_FUNCTIONS}
set -e
stop() { while pid=$(pids_of mosquitto ${MAIN_CONF} | head -n 1); [ -n "$pid" ]; do kill "$pid" 2>/dev/null || true; sleep 0.03; done; }
listens() { port=$(sed -n 's/^listener \\([0-9]*\\).*/\\1/p' ${ORIGINAL}/conf.d/lab.conf); [ -n "$(listener_inodes "$port")" ]; }
start() {
  rm -f /run/mosquitto/mosquitto.pid
  mosquitto -d -c ${MAIN_CONF} </dev/null >/dev/null 2>&1 || true
  tries=0
  until listens || [ "$tries" -ge 40 ]; do sleep 0.05; tries=$((tries + 1)); done
}
restart() { stop; start; }
original() { rm -rf ${CONFIG_FOLDER}; cp -a ${ORIGINAL} ${CONFIG_FOLDER}; rm -f /var/lib/mosquitto/mosquitto.db; }`;

/** The script with the functions before it. */
export function onMachine(script: string): string {
  return `${FUNCTIONS}\n${script}`;
}

/** What mends the broker's machine, whatever was done to its files. */
export const MEND_BROKER = 'stop\noriginal\nstart\nlistens';

/** Another text in a file of the broker, which has it loaded afterwards; owner and mode stay. */
export function rewrite(file: string, text: string): string {
  return `printf %s ${quote(text)} >${file}\nrestart`;
}

/** Another value of an option of the lab's configuration, which has the option or not. */
export function setOption(name: string, value: string): string {
  return `sed -i '/^${name} /d' ${LAB_CONF}\necho ${quote(`${name} ${value}`)} >>${LAB_CONF}\nrestart`;
}

/** Debian's own file sets these; a second line would be an error. */
export function setMainOption(name: string, value: string): string {
  return `sed -i ${quote(`s/^${name} .*/${name} ${value}/`)} ${MAIN_CONF} ${CONF_D}/*.conf\nrestart`;
}

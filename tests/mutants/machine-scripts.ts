import { quote } from '../../base/quote.ts';
import { CONF_D, CONFIG_FOLDER, LAB_CONF, MAIN_CONF } from '../../mosquitto/paths.ts';
import { PROCESS_FUNCTIONS } from '../../provisioning/resources/processes.ts';

const ORIGINAL = '/root/mutants-original';

/** Runs once, before the first mutant. */
export const BACK_UP_ORIGINAL = `rm -rf ${ORIGINAL} && cp -a ${CONFIG_FOLDER} ${ORIGINAL}`;

/**
 * Shell functions for a broker's machine without systemd. `restart` waits at most two seconds for the port, which a mutant
 * may keep closed. `original` restores the lab's configuration and removes the broker's stored data.
 */
const FUNCTIONS = `${PROCESS_FUNCTIONS}
set -e
stop() { while pid=$(pids_of mosquitto ${MAIN_CONF} | head -n 1); [ -n "$pid" ]; do kill "$pid" 2>/dev/null || true; sleep 0.03; done; }
listens() {
  for port in $(sed -n 's/^listener \\([0-9]*\\).*/\\1/p' ${ORIGINAL}/conf.d/lab.conf); do
    [ -n "$(listener_inodes "$port")" ] || return 1
  done
}
start() {
  rm -f /run/mosquitto/mosquitto.pid
  mosquitto -d -c ${MAIN_CONF} </dev/null >/dev/null 2>&1 || true
  tries=0
  until listens || [ "$tries" -ge 40 ]; do sleep 0.05; tries=$((tries + 1)); done
}
restart() { stop; start; }
original() { rm -rf ${CONFIG_FOLDER}; cp -a ${ORIGINAL} ${CONFIG_FOLDER}; rm -f /var/lib/mosquitto/mosquitto.db; }`;

/** Adds the functions to a script. */
export function onMachine(script: string): string {
  return `${FUNCTIONS}\n${script}`;
}

/** Restores the broker's machine after any change to its files. */
export const RESTORE_BROKER = 'stop\noriginal\nstart\nlistens';

/** Replaces the text of a broker's file and restarts the broker; owner and mode stay. */
export function rewrite(file: string, text: string): string {
  return `printf %s ${quote(text)} >${file}\nrestart`;
}

/** Sets an option of the lab's configuration and restarts the broker. */
export function setOption(name: string, value: string): string {
  return `sed -i '/^${name} /d' ${LAB_CONF}\necho ${quote(`${name} ${value}`)} >>${LAB_CONF}\nrestart`;
}

/** Changes an option that Debian's main file sets: a second line with it would be an error. */
export function setMainOption(name: string, value: string): string {
  return `sed -i ${quote(`s/^${name} .*/${name} ${value}/`)} ${MAIN_CONF} ${CONF_D}/*.conf\nrestart`;
}

import { stagingFolder } from '../provisioning/resources/files.ts';
import { LOADED_FUNCTIONS } from './loaded.ts';
import { ACL, BINARY, CONF_D, FOLDER, LAB_CONF, LOADED_FILES, LOG, MAIN_CONF, PASSWD, RUN } from './paths.ts';

/** Where a broker that does not even open its log says why. */
const STARTING = `${RUN}/starting`;

/** Debian's start script fails without /run/mosquitto and leaves a root-owned pid file, so without systemd the broker is started directly. */
export const START = `
act() { start; }`;

export const RESTART = `
act() { stop && start; }`;

/**
 * mosquitto(8): SIGHUP reads users, rights and some options anew; sessions live on. The log tells when, unless its options leave that out: then after a
 * second.
 */
export const RELOAD = `
act() {
  if [ -d /run/systemd/system ]; then systemctl enable --quiet mosquitto; fi
  before=$(wc -c <${LOG} 2>/dev/null || echo 0)
  for pid in $(pids); do kill -HUP "$pid"; done
  tries=0
  until tail -c "+$((before + 1))" ${LOG} 2>/dev/null | grep -q 'Reloading config'; do
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then break; fi
    sleep 0.05
  done
}`;

const FILES = [LAB_CONF, PASSWD, ACL].join(' ');

const FUNCTIONS = `${LOADED_FUNCTIONS}
pids() { pids_of mosquitto ${MAIN_CONF}; }
start() {
  if [ -d /run/systemd/system ]; then
    systemctl enable --quiet mosquitto
    systemctl reset-failed mosquitto 2>/dev/null
    systemctl start mosquitto 2>${STARTING}
  else
    install -d -o mosquitto -g mosquitto -m 0755 /run/mosquitto /var/log/mosquitto /var/lib/mosquitto
    rm -f /run/mosquitto/mosquitto.pid /var/run/mosquitto.pid
    ${BINARY} -d -c ${MAIN_CONF} </dev/null >${STARTING} 2>&1
  fi
}
stop() {
  if [ -d /run/systemd/system ]; then systemctl stop mosquitto; fi
  # again and again: mosquitto forgets a TERM that comes just before its main loop
  tries=0
  while [ -n "$(pids)" ] && [ "$tries" -lt 200 ]; do kill $(pids) 2>/dev/null; sleep 0.05; tries=$((tries + 1)); done
  [ -z "$(pids)" ] || { echo 'the old broker does not stop' >&2; exit 1; }
}
# until a broker is there for good
listens() {
  port=$(sed -n 's/^listener \\([0-9]*\\).*/\\1/p' ${LAB_CONF})
  tries=0
  until pid=$(broker_pid); [ -n "$pid" ] && [ -n "$(listener_inodes "$port")" ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 100 ]; then return 1; fi
    sleep 0.05
  done
}
complain() {
  echo "the broker does not listen on port $port$1"
  if [ -d /run/systemd/system ]; then journalctl --no-pager -n 5 -u mosquitto; fi
  { grep -i -e error -e unable ${STARTING} || tail -n +"$((lines + 1))" ${LOG} | tail -n 3; } 2>/dev/null | sed 's/^[0-9]*: //' | head -n 3
}
# without \`set -e\`, which does not count where the function's end is looked at (sh(1))
restore() (
  ${stagingFolder(FOLDER)}
  [ -d "$staged" ] || exit 1
  for file in ${FILES}; do cp -p "${LOADED_FILES}/\${file##*/}" "$staged" && sync "$staged/\${file##*/}" || exit 1; done
  for file in ${FILES}; do mv -fT "$staged/\${file##*/}" "$file" || exit 1; done
  sync ${FOLDER} ${CONF_D}
)`;

/**
 * The act, then a look whether a broker is there for good, then the note of what it has loaded. One that does not come up with the new files gets those
 * back that it had loaded before, and is started with them; that is a failure all the same.
 */
export function serviceScript(act: string): string {
  return `${FUNCTIONS}
${act}
(umask 077 && mkdir -p ${RUN} && : >${STARTING})
lines=$(wc -l <${LOG} 2>/dev/null || echo 0)
take_files || { echo 'the files that the broker is to load could not be copied to ${RUN}' >&2; exit 1; }
act
if listens; then
  rm -f ${STARTING}
  note_loaded "$pid"
  exit 0
fi
has_others=
for file in ${FILES}; do
  [ -f "${LOADED_FILES}/\${file##*/}" ] || { complain >&2; exit 1; }
  cmp -s "${LOADED_FILES}/\${file##*/}" "$file" || has_others=yes
done
[ "$has_others" ] || { complain >&2; exit 1; }
complain ' with the new files' >&2
restore || { echo 'the old files could not be put back' >&2; exit 1; }
taken=
if take_files; then taken=yes; fi
stop && start
if listens; then
  # without a note the next run restarts it, which matters less than that it runs
  if [ "$taken" ]; then note_loaded "$pid"; fi
  echo 'the old files are back, and the broker runs with them again' >&2
else
  echo 'the old files are back, but with them it does not listen either' >&2
fi
exit 1`;
}

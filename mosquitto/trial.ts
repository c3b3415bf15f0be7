import { ACL, BINARY, CONF_D, LAB_CONF, MAIN_CONF, PASSWD } from './paths.ts';

/** A folder that Debian's main file includes, as a pattern of sed. */
const INCLUDES = `^\\([[:space:]]*include_dir[[:space:]][[:space:]]*\\)${CONF_D}/*[[:space:]]*$`;
const option = (name: string) => `^[[:space:]]*${name}[[:space:]].*`;

/**
 * Shell that runs the real broker with the staged files ($staged/0 to 2: lab.conf, lab.passwd, lab.acl) for a moment, with the host's own main file and all
 * that this includes, each at the same line of a file of the same name: a clash between them shows here and not when the broker is restarted.
 * It listens on a Unix socket in the staging folder, so no port is opened; it has no log, no pid file and no persistence, since a second broker must not
 * touch the live one's. mosquitto has no dry run before 2.1, and 2.1's overwrites the live database (eclipse/mosquitto issue 3712). A broker that opens its
 * socket has read every file. It is ended by KILL: 2.0.11 forgets a TERM that comes between the installation of its signal handlers and its main loop, and
 * would run on for ever. Needs PROCESS_FUNCTIONS.
 */
export const TRIAL = `
at=$staged/trial
mkdir -p "$at/conf.d"
# of a file in its place, what must not be the live broker's; the number of its lines stays
harmless() {
  sed -e "s|${INCLUDES}|\\\\1$at/conf.d|" -e "s|${option('listener')}|listener 0 $at/sock|" -e "s|${option('pid_file')}|pid_file $at/pid|" \\
    -e "s|${option('log_dest')}|log_dest stderr|" -e "s|^password_file ${PASSWD}|password_file $staged/1|" -e "s|^acl_file ${ACL}|acl_file $staged/2|" "$1"
}
harmless ${MAIN_CONF} >"$at/mosquitto.conf"
for file in ${CONF_D}/*.conf; do if [ -f "$file" ]; then harmless "$file" >"$at/conf.d/\${file##*/}"; fi; done
harmless "$staged/0" >"$at/conf.d/lab.conf"
printf '\\npersistence false\\nlog_dest stderr\\n' >>"$at/mosquitto.conf"
chmod 0711 "$staged"
chown -R mosquitto "$at"
# from here on a process may have to be ended, too
trap 'kill -9 "$trial" 2>/dev/null || true; rm -rf "$staged"' EXIT
${BINARY} -v -c "$at/mosquitto.conf" >"$staged/said" 2>&1 &
trial=$!
tries=0
while [ ! -S "$at/sock" ] && kill -0 "$trial" 2>/dev/null && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
if ! { [ -S "$at/sock" ] && kill -9 "$trial" 2>/dev/null; }; then
  # on the host the files are elsewhere
  sed -e 's/^[0-9]*: //' -e "s|$at/conf.d|${CONF_D}|g" -e "s|$at/mosquitto.conf|${MAIN_CONF}|g" \\
    -e "s|$staged/1|${PASSWD}|g" -e "s|$staged/2|${ACL}|g" "$staged/said" >"$staged/told"
  refusal=$(grep -i -e error -e unable -e invalid "$staged/told" | grep -v '^Error found at ' | head -n 2)
  echo "mosquitto refuses the configuration: \${refusal:-$(tail -n 3 "$staged/told")}" >&2
  place=$(sed -n 's/^Error found at \\(.*:[0-9]*\\)\\.$/\\1/p' "$staged/told" | head -n 1)
  file=\${place%:*}
  case $file in ${LAB_CONF}) file=$staged/0 ;; esac
  if [ -n "$place" ]; then
    echo "$place: $(sed -n "\${place##*:}p" "$file" | sed 's/^\\([[:space:]]*[a-z_]*\\(password\\|psk\\|kpass\\|_opt_\\)[a-z0-9_]*[[:space:]]\\).*/\\1(hidden)/')" >&2
  fi
  exit 1
fi
wait "$trial" 2>/dev/null || true
trap 'rm -rf "$staged"' EXIT`;

/** Ends what a trial that was killed has left: its broker runs on, on its own socket. `$staged` is the folder. Needs PROCESS_FUNCTIONS. */
export const END_TRIAL = `for pid in $(pids_of mosquitto "$staged/trial/mosquitto.conf"); do kill -9 "$pid"; done`;

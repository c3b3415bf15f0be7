import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import { ACL, BINARY, CONF_D, LAB_CONF, LOADED, LOADED_FILES, MAIN_CONF, PASSWD, RUN } from './paths.ts';

/**
 * Shell functions about what the running broker has loaded. The record of it: `LOADED` names the process, its start and the digests of users and
 * rights; `LOADED_FILES` has the files themselves, for the broker that has to go back to them. Both are gone with a reboot, like the broker.
 * `broker_pid`: the broker of Debian's main file. `other_conf`: what others put beside the lab's file.
 * `has_loaded PID`: whether a process that is not in the record began after the last change of the files, so that it has loaded them: systemd, a reboot
 * or a person started it. Its start and the files' ctime are told by different clocks, and it may have read them just before it became a daemon: it has
 * to be a second later.
 * `has_other_program PID`: whether the program was replaced since; where a container's root may not look, by its file's time.
 * `take_files`: copies of the files, for `note_loaded PID` when they are loaded; fails where it has not all of them.
 */
export const LOADED_FUNCTIONS = `${PROCESS_FUNCTIONS}
broker_pid() { set -- $(pids_of mosquitto ${MAIN_CONF}); [ -z "$1" ] || echo "$1"; }
other_conf() { for file in ${CONF_D}/*.conf; do [ "$file" = ${LAB_CONF} ] || [ ! -f "$file" ] || { cat "$file" && echo; } || return 1; done; }
digest() { if [ -f "$1" ]; then set -- $(sha256sum <"$1"); else set -- $(echo none | sha256sum); fi; printf '%.16s\\n' "$1"; }
in_record() { [ -f ${LOADED} ] && read -r whose since rest <${LOADED} && [ "$whose $since" = "$1 $(started_at "$1")" ]; }
# in hundredths of a second, the unit of /proc/PID/stat (proc(5)), counted back from a process that begins now
began_at() { now=$(date +%s%2N); latest=$(started_at self); began=$(started_at "$1"); echo "$((now - latest + \${began:-0}))"; }
changed_at() { stat -c %.2Z "$@" 2>/dev/null | awk '{ sub(/[.]/, ""); if ($0 + 0 > last) last = $0 + 0 } END { printf "%.0f", last }'; }
has_loaded() { [ "$(began_at "$1")" -gt "$(($(changed_at ${MAIN_CONF} ${CONF_D} ${CONF_D}/*.conf ${PASSWD} ${ACL}) + 100))" ]; }
has_other_program() {
  program=$(readlink "/proc/$1/exe")
  case $program in
    *' (deleted)') return 0 ;;
    '') [ "$(began_at "$1")" -lt "$(($(changed_at ${BINARY}) - 100))" ] ;;
    *) return 1 ;;
  esac
}
take_files() (
  umask 077
  # not \`set -e\`, which does not count where the function's end is looked at (sh(1))
  rm -rf ${RUN}/next && mkdir -p ${RUN}/next || exit 1
  [ ! -f ${MAIN_CONF} ] || cp ${MAIN_CONF} ${RUN}/next/main || exit 1
  other_conf >${RUN}/next/other || exit 1
  for file in ${LAB_CONF} ${PASSWD} ${ACL}; do [ ! -f "$file" ] || cp -p "$file" ${RUN}/next/ || exit 1; done
)
note_loaded() (
  umask 077
  # without its first line the record is none, whenever this is cut off
  rm -rf ${LOADED} ${LOADED_FILES}
  mv ${RUN}/next ${LOADED_FILES}
  echo "$1 $(started_at "$1") $(digest ${LOADED_FILES}/lab.passwd) $(digest ${LOADED_FILES}/lab.acl)" >${LOADED}.new
  mv ${LOADED}.new ${LOADED}
)`;

/** To be run before files are replaced: a broker that is not in the record, and has loaded them as they are, is put there while that can be told. */
export const REMEMBER_LOADED = `
pid=$(broker_pid)
if [ -n "$pid" ] && ! in_record "$pid" && has_loaded "$pid"; then take_files && note_loaded "$pid"; fi`;

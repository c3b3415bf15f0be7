# Starts, restarts or reloads the broker, waits until it listens, and records which files it has loaded. Where it does not
# start with new files, it gets the previous ones back; the script fails all the same.
# Needs loaded.sh, stop-broker.sh, drop-ins.sh and the function stage_configuration.
: "${act?}" "${binary?}" "${main_conf?}" "${lab_conf?}" "${passwd?}" "${acl?}" "${config_files?}" "${broker_log?}"
: "${config_folder?}" "${conf_d?}" "${pid_folder?}" "${data_folders?}" "${run_folder?}" "${loaded_files?}"

# output of a broker that fails before it opens its log
startup_output=$run_folder/starting

# Debian's start script fails without /run/mosquitto and leaves a root-owned pid file, so without systemd the lab starts
# the broker itself.
start() {
  if [ -d /run/systemd/system ]; then
    systemctl enable --quiet mosquitto
    systemctl reset-failed mosquitto 2>/dev/null
    systemctl start mosquitto 2>"$startup_output"
  else
    # shellcheck disable=SC2086
    install -d -o mosquitto -g mosquitto -m 0755 "$pid_folder" $data_folders
    rm -f "$pid_folder/mosquitto.pid" /var/run/mosquitto.pid
    "$binary" -d -c "$main_conf" </dev/null >"$startup_output" 2>&1
  fi
}

# On SIGHUP mosquitto(8) reads users, rights and some options again; sessions continue. The log reports the end, unless
# an option turns that off; then one second must suffice.
reload() {
  if [ -d /run/systemd/system ]; then systemctl enable --quiet mosquitto; fi
  before=$(wc -c <"$broker_log" 2>/dev/null || echo 0)
  for pid in $(pids_of mosquitto "$main_conf"); do kill -HUP "$pid"; done
  tries=0
  until tail -c "+$((before + 1))" "$broker_log" 2>/dev/null | grep -q 'Reloading config'; do
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then break; fi
    sleep 0.05
  done
}

# waits until a broker has a process and listens on each port
listens() {
  ports=$(sed -n 's/^listener \([0-9]*\).*/\1/p' "$lab_conf")
  port=${ports%%[!0-9]*}
  tries=0
  # shellcheck disable=SC2086
  until pid=$(broker_pid) && [ -n "$pid" ] && port=$(closed_port $ports) && [ -z "$port" ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 100 ]; then return 1; fi
    sleep 0.05
  done
}

# closed_port PORT…: the first port without a listener
closed_port() {
  for one in "$@"; do
    if [ -z "$(listener_inodes "$one")" ]; then
      echo "$one"
      return
    fi
  done
}

complain() {
  echo "the broker does not listen on port $port$1"
  if [ -d /run/systemd/system ]; then journalctl --no-pager -n 5 -u mosquitto; fi
  {
    grep -i -e error -e unable "$startup_output" || tail -n +"$((log_lines + 1))" "$broker_log" | tail -n 3
  } 2>/dev/null | sed 's/^[0-9]*: //' | head -n 3
  if [ -d /run/systemd/system ]; then name_drop_ins; fi
}

has_new_files() {
  for file in $config_files; do
    if [ -f "$file" ]; then cmp -s "$loaded_files/${file##*/}" "$file" || return 0; fi
  done
  return 1
}

has_old_files() {
  for file in "$lab_conf" "$passwd" "$acl"; do
    [ -f "$loaded_files/${file##*/}" ] || return 1
  done
}

# without `set -e`, which has no effect where the caller tests the result (sh(1))
restore_old_files() (
  stage_configuration
  [ -d "${staged?}" ] || exit 1
  for file in $config_files; do
    [ -f "$loaded_files/${file##*/}" ] || continue
    cp -p "$loaded_files/${file##*/}" "$staged" && sync "$staged/${file##*/}" || exit 1
  done
  for file in $config_files; do
    [ ! -f "$staged/${file##*/}" ] || mv -fT "$staged/${file##*/}" "$file" || exit 1
  done
  sync "$config_folder" "$conf_d"
)

(umask 077 && mkdir -p "$run_folder" && : >"$startup_output")
log_lines=$(wc -l <"$broker_log" 2>/dev/null || echo 0)
if ! take_files; then
  echo "the files that the broker is about to load could not be copied to $run_folder" >&2
  exit 1
fi
case $act in
  start) start ;;
  restart) stop_broker && start ;;
  reload) reload ;;
esac
if listens; then
  rm -f "$startup_output"
  note_loaded "$pid"
  exit 0
fi
if ! has_old_files || ! has_new_files; then
  complain >&2
  exit 1
fi
complain ' with the new files' >&2
if ! restore_old_files; then
  echo 'the old files could not be restored' >&2
  exit 1
fi
copied=
if take_files; then copied=yes; fi
stop_broker && start
if listens; then
  # without a record the next run restarts the broker; that is better than no broker
  if [ "$copied" ]; then note_loaded "$pid"; fi
  echo 'the old files are restored, and the broker runs with them again' >&2
else
  echo 'the old files are restored, but the broker does not listen with them either' >&2
fi
exit 1

# Ends the broker that reads Debian's main file by TERM, so that it writes its database. Repeats the TERM, since mosquitto
# loses one that arrives just before its main loop. Needs provisioning/resources/processes.
: "${main_conf?}"

stop_broker() {
  if [ -d /run/systemd/system ]; then systemctl stop mosquitto 2>/dev/null || true; fi
  tries=0
  while pids=$(pids_of mosquitto "$main_conf") && [ -n "$pids" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      echo 'the broker does not stop' >&2
      exit 1
    fi
    # shellcheck disable=SC2086
    kill $pids 2>/dev/null || true
    sleep 0.05
  done
}

# The broker that runs now, and waiting for a change of it. Needs provisioning/resources/processes.
: "${binary?}" "${main_conf?}"

pids() { pids_of mosquitto "$main_conf"; }

# wait_for CONDITION PROBLEM: fails with the problem after 10 s.
wait_for() {
  tries=0
  until "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 200 ]; then
      echo "$2" >&2
      exit 1
    fi
    sleep 0.05
  done
}

old=$(pids | head -n 1)
if [ -z "$old" ]; then
  echo "$binary is not running" >&2
  exit 1
fi
is_gone() { ! pids | grep -qxF -- "$old"; }

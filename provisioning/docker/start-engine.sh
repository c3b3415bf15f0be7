# shellcheck shell=sh
: "${log?}"
if [ -d /run/systemd/system ]; then
  systemctl enable --now docker
  exit
fi
# the package's own start script may have started one
if [ -n "$(pids_of dockerd)" ]; then exit 0; fi
# dockerd does not start while any process has the id that a killed one left in its file
remove_stale_pid_file /var/run/docker.pid dockerd
remove_stale_pid_file /var/run/docker/containerd/containerd.pid containerd
setsid dockerd </dev/null >>"$log" 2>&1 &
echo "started $!"

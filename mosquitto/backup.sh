# Backs the host up to $folder before the lab's first change. `state` names its Mosquitto, what ran and what was absent;
# `files` has copies. `state` appears last: without it the next attempt starts again.
: "${folder?}" "${config_folder?}" "${data_folders?}" "${pid_folder?}" "${unit_files?}" "${untouched?}"

[ ! -f "$folder/state" ] || exit 0
rm -rf "$folder/files" "$folder/state.new" "$folder/data"
mkdir -p "$folder/files${config_folder%/*}"
{
  # shellcheck disable=SC2016
  echo "package $(dpkg-query -W -f='${db:Status-Status}' mosquitto 2>/dev/null || echo not-installed)"
  for path in $pid_folder $config_folder $data_folders $unit_files; do
    [ -e "$path" ] || [ -L "$path" ] || echo "absent $path"
  done
  for kind in passwd group; do
    getent $kind mosquitto >/dev/null || echo "absent $kind"
  done
  unit_pid=
  if [ -d /run/systemd/system ]; then
    echo "enabled $(systemctl is-enabled mosquitto 2>/dev/null)"
    echo "active $(systemctl is-active mosquitto)"
    unit_pid=$(systemctl show --property=MainPID --value mosquitto)
  fi
  for pid in $(pids_of mosquitto); do
    [ "$pid" != "$unit_pid" ] || continue
    uid=$(awk '$1 == "Uid:" { print $2 }' "/proc/$pid/status")
    command_line=$(base64 -w 0 <"/proc/$pid/cmdline")
    echo "process $uid $command_line $(readlink "/proc/$pid/cwd" || echo /)"
  done
} >"$folder/state.new"
if [ -d "$config_folder" ]; then cp -a "$config_folder" "$folder/files$config_folder"; fi
# a running broker's data is copied when the lab stops it
if [ -z "$(pids_of mosquitto)" ]; then
  copy_data
  : >"$folder/$untouched"
fi
sync -f "$folder"
mv "$folder/state.new" "$folder/state"
sync "$folder/state" "$folder"

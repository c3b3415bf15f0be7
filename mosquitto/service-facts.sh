# Prints the broker's process, what it has loaded, and the current files. Needs loaded.sh.
: "${port?}" "${main_conf?}" "${lab_conf?}" "${passwd?}" "${acl?}" "${loaded?}" "${loaded_files?}"

encoded() { if [ -f "$1" ]; then base64 -w 0 "$1"; fi; }

pid=$(broker_pid)
# shellcheck disable=SC2016
echo "version $(dpkg-query -W -f='${Version}' mosquitto)"
echo "main $(encoded "$main_conf")"
echo "other $(other_conf | base64 -w 0)"
echo "lab $(encoded "$lab_conf")"
echo "users $(digest "$passwd")"
echo "rights $(digest "$acl")"
if [ -n "$pid" ]; then
  echo "process $pid"
  if has_other_program "$pid"; then
    echo replaced
  elif in_record "$pid"; then
    echo "loaded-main $(base64 -w 0 "$loaded_files/main")"
    echo "loaded-other $(base64 -w 0 "$loaded_files/other")"
    echo "loaded-lab $(encoded "$loaded_files/lab.conf")"
    echo "loaded-users $(cut -d' ' -f3 "$loaded")"
    echo "loaded-rights $(cut -d' ' -f4 "$loaded")"
  elif has_loaded "$pid"; then
    echo began-later
  fi
fi
if [ -n "$(listener_inodes "$port")" ]; then echo listens; fi
if [ -d /run/systemd/system ]; then echo "enabled $(systemctl is-enabled mosquitto)"; fi

# Prints the broker's process, what it has loaded, and the current files. Needs loaded.sh.
: "${ports?}" "${main_conf?}" "${lab_conf?}" "${passwd?}" "${acl?}" "${tls_files?}" "${loaded?}" "${loaded_files?}"

encoded() { if [ -f "$1" ]; then base64 -w 0 "$1"; fi; }

pid=$(broker_pid)
# shellcheck disable=SC2016
echo "version $(dpkg-query -W -f='${Version}' mosquitto)"
echo "main $(encoded "$main_conf")"
echo "other $(other_conf | base64 -w 0)"
echo "lab $(encoded "$lab_conf")"
echo "users $(digest "$passwd")"
echo "rights $(digest "$acl")"
# shellcheck disable=SC2086
echo "certificates $(digest_of_all "" $tls_files)"
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
    # shellcheck disable=SC2086
    echo "loaded-certificates $(digest_of_all "$loaded_files" $tls_files)"
  elif has_loaded "$pid"; then
    echo began-later
  fi
fi
open=
for port in $ports; do
  if [ -n "$(listener_inodes "$port")" ]; then open="$open$port "; fi
done
echo "listens $open"
if [ -d /run/systemd/system ]; then echo "enabled $(systemctl is-enabled mosquitto)"; fi

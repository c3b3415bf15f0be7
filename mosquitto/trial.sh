# Starts the real broker briefly with the staged files ($staged/0 is lab.conf, $staged/1 the next of $staged_files), the
# host's own main file and its includes. Each file keeps its name and line numbers, so that the broker's errors name the
# right place.
: "${staged?}" "${staged_files?}" "${binary?}" "${main_conf?}" "${conf_d?}" "${lab_conf?}"

trial=$staged/trial
mkdir -p "$trial/conf.d"
# the paths of the staged files, and back
to_staged=
to_real=
index=0
for file in $staged_files; do
  to_staged="$to_staged;s|\([[:space:]]\)$file\$|\1$staged/$index|"
  to_real="s|$staged/$index\([^0-9]\)|$file\1|g;$to_real"
  index=$((index + 1))
done
# the trial must not touch the live broker's port, log, pid file and database; keeps the number of lines
made_harmless() {
  blank='[[:space:]]'
  sed -e "s|^\($blank*include_dir$blank$blank*\)$conf_d/*$blank*\$|\1$trial/conf.d|" \
    -e "s|^$blank*pid_file$blank.*|pid_file $trial/pid|" \
    -e "s|^$blank*log_dest$blank.*|log_dest stderr|" \
    -e "$to_staged" "$1" |
    # a socket for each listener; a build without WebSockets refuses them there, and opens none on a port
    awk -v sock="$trial/sock" '
      $1 == "listener" { print "listener 0 " sock (n++ ? n : ""); next }
      $1 == "protocol" && $2 == "websockets" { print ""; next }
      { print }'
}
made_harmless "$main_conf" >"$trial/mosquitto.conf"
for file in "$conf_d"/*.conf; do
  if [ -f "$file" ]; then made_harmless "$file" >"$trial/conf.d/${file##*/}"; fi
done
made_harmless "$staged/0" >"$trial/conf.d/lab.conf"
printf '\npersistence false\nlog_dest stderr\n' >>"$trial/mosquitto.conf"
chmod 0711 "$staged"
chown -R mosquitto "$trial"

trap 'kill -9 "$trial_pid" 2>/dev/null || true; rm -rf "$staged"' EXIT
"$binary" -v -c "$trial/mosquitto.conf" >"$staged/output" 2>&1 &
trial_pid=$!
tries=0
is_running() { grep -q 'mosquitto version .* running' "$staged/output"; }
while ! is_running && kill -0 "$trial_pid" 2>/dev/null && [ "$tries" -lt 200 ]; do
  sleep 0.05
  tries=$((tries + 1))
done
# It says so after it has read every file and opened every listener. KILL, since 2.0.11 loses a TERM that arrives
# between the installation of its signal handlers and its main loop, and would never end.
if ! { is_running && kill -9 "$trial_pid" 2>/dev/null; }; then
  # show the files' real paths
  sed -e 's/^[0-9]*: //' -e "s|$trial/conf.d|$conf_d|g" -e "s|$trial/mosquitto.conf|$main_conf|g" \
    -e "$to_real" "$staged/output" >"$staged/complaint"
  refusal=$(grep -i -e error -e unable -e invalid "$staged/complaint" | grep -v '^Error found at ' | head -n 2)
  echo "mosquitto refuses the configuration: ${refusal:-$(tail -n 3 "$staged/complaint")}" >&2
  place=$(sed -n 's/^Error found at \(.*:[0-9]*\)\.$/\1/p' "$staged/complaint" | head -n 1)
  file=${place%:*}
  if [ "$file" = "$lab_conf" ]; then file=$staged/0; fi
  if [ -n "$place" ]; then
    secret='password\|psk\|kpass\|_opt_'
    line=$(sed -n "${place##*:}p" "$file" |
      sed "s/^\([[:space:]]*[a-z_]*\($secret\)[a-z0-9_]*[[:space:]]\).*/\1(hidden)/")
    echo "$place: $line" >&2
  fi
  exit 1
fi
wait "$trial_pid" 2>/dev/null || true
trap 'rm -rf "$staged"' EXIT

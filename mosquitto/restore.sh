# Restores a broker host after the lab's broker, files and packages are gone. It may be killed at any point: every part
# can run twice, and the mark `restored` protects the files from a second restore. Needs foreign-file.sh and
# provisioning/resources/processes.
: "${folder?}" "${config_folder?}" "${data_folders?}" "${pid_folder?}" "${unit_files?}" "${untouched?}"

state() { sed -n "s/^$1 //p" "$folder/state"; }

was_absent() { grep -qxF "absent $1" "$folder/state"; }

is_installed() {
  # shellcheck disable=SC2016
  case $(dpkg-query -W -f='${db:Status-Status}' mosquitto 2>/dev/null) in
    '' | not-installed | config-files) false ;;
    *) true ;;
  esac
}

mark() {
  : >"$folder/$1"
  sync "$folder/$1" "$folder"
}

same_attributes() { # COPY FOLDER
  chown --reference="$1" "$2"
  chmod --reference="$1" "$2"
}

restore_file() { # COPY FILE
  if is_foreign "$1" "$2"; then
    echo "not restored, since it changed while the lab used this host: $2"
    return
  fi
  rm -rf "$2.lab-new"
  cp -a "$1" "$2.lab-new"
  mv -fT "$2.lab-new" "$2"
}

# keeps files that a user added
restore_configuration() {
  [ -d "$folder/files$config_folder" ] || return 0
  copies() { (cd "$folder/files" && find ".$config_folder" "$@"); }
  copies -type d | while IFS= read -r path; do mkdir -p "/$path"; done
  copies ! -type d | while IFS= read -r path; do restore_file "$folder/files/$path" "${path#.}"; done
  copies -depth -type d | while IFS= read -r path; do same_attributes "$folder/files/$path" "/$path"; done
}

# replaces all data once the lab's broker has run, since only that broker wrote it
restore_data() {
  [ -e "$folder/data" ] && [ ! -e "$folder/$untouched" ] || return 0
  for path in $data_folders; do
    if [ -d "$folder/files$path" ]; then
      mkdir -p "$path"
      find "$path" -mindepth 1 -delete
      cp -a "$folder/files$path/." "$path/"
      same_attributes "$folder/files$path" "$path"
    elif was_absent "$path" && [ -d "$path" ]; then
      find "$path" -mindepth 1 -delete
    fi
  done
}

# removes what a removed package leaves behind
remove_remains() {
  for path in $config_folder $data_folders; do
    if was_absent "$path" && [ -d "$path" ]; then find "$path" -depth -type d -empty -delete; fi
  done
  if was_absent "$pid_folder"; then rm -rf "$pid_folder"; fi
  for path in $unit_files; do
    if was_absent "$path" && is_remnant "$path"; then rm -f "$path"; fi
  done
  if was_absent passwd && getent passwd mosquitto >/dev/null; then userdel mosquitto; fi
  if was_absent group && getent group mosquitto >/dev/null; then groupdel mosquitto; fi
}

restore_unit() {
  systemctl daemon-reload
  case $(state enabled) in
    enabled) systemctl enable --quiet mosquitto ;;
    disabled) systemctl disable --quiet mosquitto ;;
    masked) systemctl mask --quiet mosquitto ;;
  esac
  # a new package that stays runs as Debian starts it
  if [ "$(state active)" = active ] || { [ "$(state package)" != installed ] && is_installed; }; then
    systemctl restart mosquitto
  fi
}

runs_with() { # COMMAND LINE in base64
  for pid in $(pids_of mosquitto); do
    [ "$(base64 -w 0 <"/proc/$pid/cmdline")" != "$1" ] || return 0
  done
  return 1
}

# starts a broker that ran outside systemd again, with the same command line
restart_process() { # UID COMMAND LINE in base64, FOLDER
  if runs_with "$2"; then return; fi
  # Debian's program drops root for mosquitto's user by itself
  user=$(id -u mosquitto 2>/dev/null) || true
  case "$1 $(printf %s "$2" | base64 -d | tr '\0' '\n' | head -n 1)" in
    '0 '* | "$user /usr/sbin/mosquitto" | "$user mosquitto") as= ;;
    *) as="setpriv --reuid=$1 --regid=$(id -g "$1") --init-groups" ;;
  esac
  rm -f "$pid_folder/mosquitto.pid"
  # shellcheck disable=SC2016,SC2086
  (cd "$3" && printf %s "$2" | base64 -d | xargs -0 $as setsid sh -c '"$@" </dev/null >/dev/null 2>&1 &' sh)
  tries=0
  until runs_with "$2"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 100 ]; then
      echo "the earlier broker does not start: $(printf %s "$2" | base64 -d | tr '\0' ' ')" >&2
      exit 1
    fi
    sleep 0.05
  done
}

if [ -f "$folder/state" ]; then
  if [ ! -e "$folder/restored" ]; then
    mark restoring
    restore_configuration
    restore_data
    is_installed || remove_remains
    sync -f "$folder" "${config_folder%/*}"
    mark restored
  fi
  if [ -d /run/systemd/system ]; then
    restore_unit
  elif [ "$(state package)" = installed ] && ! was_absent "$pid_folder" && [ ! -d "$pid_folder" ]; then
    install -d -o mosquitto -g mosquitto -m 0755 "$pid_folder"
  fi
  state process | while read -r uid command_line directory; do
    restart_process "$uid" "$command_line" "$directory"
  done
fi

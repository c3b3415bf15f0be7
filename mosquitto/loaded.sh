# Functions that find out what the running broker has loaded. Need provisioning/resources/processes.
: "${binary?}" "${main_conf?}" "${conf_d?}" "${lab_conf?}" "${config_files?}" "${tls_files?}"
: "${run_folder?}" "${loaded?}" "${loaded_files?}"

# the process of the broker that reads Debian's main file
broker_pid() {
  # shellcheck disable=SC2046
  set -- $(pids_of mosquitto "$main_conf")
  [ -z "$1" ] || echo "$1"
}

# the configuration files beside the lab's
other_conf() {
  for file in "$conf_d"/*.conf; do
    [ "$file" = "$lab_conf" ] || [ ! -f "$file" ] || { cat "$file" && echo; } || return 1
  done
}

digest() {
  # shellcheck disable=SC2046
  if [ -f "$1" ]; then set -- $(sha256sum <"$1"); else set -- $(echo none | sha256sum); fi
  printf '%.16s\n' "$1"
}

# digest_of_all FOLDER FILE…: the digest of all these files, in FOLDER where that is given; nothing where there is none
digest_of_all() {
  folder=$1
  shift
  for file in "$@"; do
    if [ -n "$folder" ]; then file=$folder/${file##*/}; fi
    if [ -f "$file" ]; then sha256sum <"$file"; fi
  done | if read -r first; then { echo "$first" && cat; } | sha256sum | cut -c 1-16; fi
}

# whether the record describes this process
in_record() {
  # shellcheck disable=SC2034
  [ -f "$loaded" ] && read -r recorded since rest <"$loaded" && [ "$recorded $since" = "$1 $(started_at "$1")" ]
}

# when a process began, in hundredths of a second since 1970: the unit of /proc/PID/stat (proc(5)), relative to a process
# that begins now
began_at() {
  now=$(date +%s%2N)
  latest=$(started_at self)
  began=$(started_at "$1")
  echo "$((now - latest + ${began:-0}))"
}

# the last change of these files, in the same unit
changed_at() {
  stat -c %.2Z "$@" 2>/dev/null |
    awk '{ sub(/[.]/, ""); if ($0 + 0 > last) last = $0 + 0 } END { printf "%.0f", last }'
}

# Whether a process without a record has loaded the files, because systemd, a reboot or a person started it after their
# last change. It must be a second later: its start and the files' ctime come from two clocks, and a broker reads the
# files before it becomes a daemon.
has_loaded() {
  # shellcheck disable=SC2086
  [ "$(began_at "$1")" -gt "$(($(changed_at "$main_conf" "$conf_d" "$conf_d"/*.conf $config_files) + 100))" ]
}

# whether the program was replaced since it started; a container's root may not read the link, so the file's time decides
has_other_program() {
  program=$(readlink "/proc/$1/exe")
  case $program in
    *' (deleted)') return 0 ;;
    '') [ "$(began_at "$1")" -lt "$(($(changed_at "$binary") - 100))" ] ;;
    *) return 1 ;;
  esac
}

# Copies the files that the broker is about to load. Without `set -e`, which has no effect where the caller tests
# the result (sh(1)).
take_files() (
  umask 077
  rm -rf "$run_folder/next" && mkdir -p "$run_folder/next" || exit 1
  [ ! -f "$main_conf" ] || cp "$main_conf" "$run_folder/next/main" || exit 1
  other_conf >"$run_folder/next/other" || exit 1
  for file in $config_files; do
    [ ! -f "$file" ] || cp -p "$file" "$run_folder/next/" || exit 1
  done
)

# records that this process has loaded the copies; the line that makes the record valid comes last
note_loaded() (
  umask 077
  rm -rf "$loaded" "$loaded_files"
  mv "$run_folder/next" "$loaded_files"
  echo "$1 $(started_at "$1") $(digest "$loaded_files/lab.passwd") $(digest "$loaded_files/lab.acl")" >"$loaded.new"
  mv "$loaded.new" "$loaded"
)

# Records a broker that has loaded the current files but has no record. Must run before the files are replaced, since
# their times then no longer show it.
remember_loaded() {
  pid=$(broker_pid)
  if [ -n "$pid" ] && ! in_record "$pid" && has_loaded "$pid" && take_files; then note_loaded "$pid"; fi
}

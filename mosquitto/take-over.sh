# Functions that take a host over from another Mosquitto.
: "${folder?}"

# Moves a file into the backup. An earlier copy of the same name stays, with a time in its name.
move_to_backup() {
  [ -e "$1" ] || return 0
  copy="$folder/files$1"
  if ! cmp -s "$1" "$copy"; then
    if [ -e "$copy" ]; then mv "$copy" "$copy.$(date -u +%Y%m%dT%H%M%SZ).$$"; fi
    mkdir -p "${copy%/*}"
    cp -a "$1" "$copy"
    sync "$copy"
  fi
  # shellcheck disable=SC3013 # dash has it
  if [ ! -L "$1" ] && [ "$1" -ef "$copy" ]; then
    echo "$1 and its copy $copy are one file" >&2
    exit 1
  fi
  rm -f "$1"
}

# ends a Mosquitto; the process id may now belong to another program
end_mosquitto() {
  read -r name <"/proc/$1/comm" || return 0
  if [ "$name" != mosquitto ]; then
    echo "process $1 is no Mosquitto, but $name" >&2
    exit 1
  fi
  kill "$1"
  tries=0
  while [ -d "/proc/$1" ] && [ "$tries" -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
}

# Replaces a main file by Debian's. apt downloads the package before the file is moved, and reports success even where it
# has no source of the package.
replace_main_conf() {
  if dpkg-query -W mosquitto >/dev/null 2>&1; then
    output=$(reinstall --download-only)
    case $output in
      *'is not possible'*)
        printf '%s\n' "$output" >&2
        exit 1
        ;;
    esac
  fi
  move_to_backup "$1"
  if dpkg-query -W mosquitto >/dev/null 2>&1; then reinstall; fi
}

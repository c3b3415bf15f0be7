# Functions that write files beside their final places and then rename them, so that no reader sees half a file or a
# secret with a wrong mode. They need processes.sh.

# open_staging FOLDER: makes root's own folder $staged in FOLDER, until the shell ends. Its name has the process and
# its start, which show whether that process was killed.
open_staging() {
  umask 077
  staged=$(mktemp -d "$1/.lab-staged.$$-$(started_at $$).XXXXXX")
  trap 'rm -rf "$staged"' EXIT
  trap 'exit 130' INT TERM HUP
}

# abandoned_staging FOLDER: the staging folders in FOLDER whose process has ended without removing them, a line each.
abandoned_staging() {
  for abandoned in "$1"/.lab-staged.*; do
    [ -d "$abandoned" ] || continue
    process=${abandoned##*/.lab-staged.}
    process=${process%%.*}
    id=${process%%-*}
    if [ -z "$id" ] || [ "$(started_at "$id")" != "${process#*-}" ]; then printf '%s\n' "$abandoned"; fi
  done
}

# stage NAME OWNER:GROUP MODE: makes a file from base64. Owner and mode come before there is content to read.
stage() {
  : >"$staged/$1"
  chown "$2" "$staged/$1"
  chmod "$3" "$staged/$1"
  base64 -d >"$staged/$1"
  sync "$staged/$1"
}

# require_replaceable FILE: ends the shell where rename(2) could not take the file's place. Setting its mode again
# changes nothing, and fails with chattr(1) +i and on a file system that is read-only.
require_replaceable() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    echo "$1 is a folder; move it away" >&2
    exit 1
  fi
  if [ -f "$1" ] && [ ! -L "$1" ] && ! chmod "$(stat -c %a "$1")" "$1"; then
    echo "$1 can't be replaced; if lsattr shows i or a, remove it: chattr -ia $1" >&2
    exit 1
  fi
}

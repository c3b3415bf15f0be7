# Whether a user added or changed a file below /etc/mosquitto while the lab was on the host: a file that is neither the
# backup's copy, nor the lab's, nor Debian's.
: "${lab_files?}"

is_foreign() { # COPY FILE
  [ -f "$2" ] && [ ! -L "$2" ] && ! cmp -s "$1" "$2" || return 1
  for own in $lab_files; do
    [ "$2" != "$own" ] || return 1
  done
  sum=$(md5sum <"$2" | cut -d' ' -f1)
  # shellcheck disable=SC2016
  if dpkg-query -W -f='${Conffiles}\n' mosquitto 2>/dev/null | grep -qF " $2 $sum"; then return 1; fi
  [ -e "$1" ] || ! grep -qxF "$2" /var/lib/dpkg/info/mosquitto.list 2>/dev/null
}

# Whether a file of the package's unit is left over. deb-systemd-helper forgets the links of a unit before it removes
# them: when it is killed in between they stay, and a second purge does not remove them.
is_remnant() { # PATH
  case $1 in
    /etc/*) [ -L "$1" ] && { [ ! -e "$1" ] || [ "$(readlink "$1")" = /dev/null ]; } ;;
    *) [ -f "$1" ] ;;
  esac
}

# Removes packages, `purged` with their configuration. A run after a killed one continues.
: "${record?}" "${apt_options?}" "${wait_s?}" "${purged?}" "${removed?}"

set -e
# shellcheck disable=SC2086
apt() { apt-get $apt_options -o DPkg::Lock::Timeout="$wait_s" -o Dpkg::Use-Pty=0 "$@"; }
# apt forgets which packages are automatic when it begins; the record shows that nobody else asked for them
# shellcheck disable=SC2086
echo leaving $purged $removed >>"$record"
sync "$record"
if [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then dpkg --configure -a; fi
# shellcheck disable=SC2086
if [ -n "$purged" ]; then
  apt purge $purged
  # apt only removes the files of a package that a killed dpkg left half installed
  left=''
  for name in $purged; do
    # shellcheck disable=SC2016
    case $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) in config-files) left="$left $name" ;; esac
  done
  if [ -n "$left" ]; then apt purge $left; fi
fi
# shellcheck disable=SC2086
if [ -n "$removed" ]; then apt remove $removed; fi

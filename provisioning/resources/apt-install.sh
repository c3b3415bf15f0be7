# One apt transaction that removes nothing. Leaves its exit code in $code, or ends the script where it succeeds.
# install: words for `apt-get install`, quoted; names: the packages, and those that an interrupted dpkg has left half done.
: "${install?}" "${names?}" "${wait_s?}" "${recording?}"

# shellcheck disable=SC2086
apt() { apt-get --quiet --yes -o DPkg::Lock::Timeout="$wait_s" -o Dpkg::Use-Pty=0 $recording "$@"; }
# apt waits for dpkg's lock; this function waits for the lists' lock, and for dpkg's where dpkg runs without apt
unlocked() {
  tries=0
  until out=$("$@" 2>&1); do
    case $out in
      *"Could not get lock"* | *"locked by another process"*) ;;
      *) printf '%s\n' "$out" >&2; return 100 ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -ge "$wait_s" ]; then printf '%s\n' "$out" >&2; return 100; fi
    sleep 1
  done
}
update() {
  echo 'fetching the package lists'
  unlocked apt update || return
  # apt-get update succeeds even where it could not fetch a list
  unfetched=$(printf '%s\n' "$out" | grep '^[WE]: ' | head -n 3)
}
# whether the lists are at most a day old
fresh() { [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mmin -1440 2>/dev/null | head -n 1)" ]; }
install() { eval "apt --no-remove install $install"; }
# packages without some of their files (half installed, or reinst-required), which apt considers installed
finish() {
  # shellcheck disable=SC2016,SC2086
  halves=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' $names 2>/dev/null | sed -n '/^.i /!s/^... //p')
  # shellcheck disable=SC2086
  if [ -n "$halves" ]; then apt --no-remove install --reinstall $halves; fi
}
interrupted() { [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)$(dpkg --audit)" ]; }
# a journal in /var/lib/dpkg/updates, or a package that is half configured
repair() {
  echo 'repairing an interrupted dpkg'
  # where it fails, apt continues
  unlocked dpkg --configure -a || true
  # apt considers them installed and configures them, which dpkg refuses
  # shellcheck disable=SC2016
  for half in $(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' | sed -n -e 's/^.H. //p' -e 's/^.[^H]R //p'); do
    apt --no-remove install --reinstall "$half" || true
  done
}
transaction() {
  if interrupted; then repair; fi
  install && finish && return
  # in case another dpkg was killed meanwhile
  if interrupted; then repair; elif apt check >/dev/null 2>&1; then return 100; fi
  # --fix-broken installs missing dependencies only when it gets no package names
  apt --fix-broken --no-remove install && install && finish
}

if fresh && transaction; then exit 0; fi
update && transaction && exit
# shellcheck disable=SC2034
code=$?
if [ -n "$unfetched" ]; then printf '%s\n' "$unfetched" >&2; fi
# names the packages that conflict; a simulated apt-get neither changes nor locks anything
eval "apt --simulate install $install" 2>/dev/null | sed -n '/^Remv /p' >&2

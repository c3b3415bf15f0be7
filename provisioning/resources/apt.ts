import { quote } from '../hosts/shell.ts';
import { recordPackages } from '../restore/package-record.ts';

/** How long apt waits for another apt or dpkg to finish, in seconds. */
export const LOCK_WAIT_S = 120;

/**
 * One apt transaction, without recommended packages. Package lists of the last day are used as they are; missing or older ones, or ones that turn out
 * stale (a package they name is gone from the mirror), are fetched first. Waits for a lock that another process holds (apt.conf(5),
 * DPkg::Lock::Timeout covers dpkg's; the lists' own lock is waited for here). An interrupted dpkg is put right before.
 * @param record folder on the host where what apt installs is noted, so that it can be given back; undefined: nothing is noted
 */
export function aptInstallScript(packages: readonly string[], record?: string): string {
  return `${record === undefined ? '' : recordPackages(record, packages)}
apt() { apt-get --quiet --yes -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 "$@"; }
update() {
  echo 'fetching the package lists'
  tries=0
  until out=$(apt update 2>&1); do
    case $out in *"Could not get lock"*) ;; *) printf '%s\\n' "$out" >&2; return 100 ;; esac
    tries=$((tries + 1))
    if [ "$tries" -ge ${LOCK_WAIT_S} ]; then printf '%s\\n' "$out" >&2; return 100; fi
    sleep 1
  done
}
fresh() { [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mmin -1440 2>/dev/null | head -n 1)" ]; }
install() { apt ${record === undefined ? '' : '$recording '}install --no-install-recommends ${packages.map(quote).join(' ')}; }
if [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then dpkg --configure -a; fi
if fresh && install; then exit 0; fi
update && install`;
}

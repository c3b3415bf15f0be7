import { quote } from '../../base/quote.ts';
import { forgetAbsent, recordPackages, TOOLS } from './package-record.ts';
import type { Change } from './resource.ts';

/** How long apt waits for another apt or dpkg to finish, in seconds. */
export const LOCK_WAIT_S = 120;

export type Installation = {
  /** What is to be installed, also where dpkg has begun with it. */
  readonly packages: readonly string[];
  /** Versions of them that it has to be, also lower ones than those that are installed. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Packages that they need and that an interrupted dpkg has left half done. */
  readonly mend?: readonly string[];
  /** Folder on the host where what apt installs is noted, so that it can be given back; undefined: nothing is noted. Labs may write to TOOLS side by side. */
  readonly record?: string | undefined;
};

/**
 * One apt transaction, without recommended packages, that removes nothing: what conflicts with the packages is somebody's, and the plan does not name it. Package lists of the last day are used as they are; missing or older ones, or ones that turn out
 * stale (a package they name is gone from the mirror), are fetched first. Waits for a lock that another process holds (apt.conf(5),
 * DPkg::Lock::Timeout covers dpkg's; the lists' own lock is waited for here, and so is dpkg's where dpkg is called without apt).
 *
 * An interrupted dpkg is put right before. What it takes, as seen on Debian 12: a journal in /var/lib/dpkg/updates, or a package that is half configured,
 * `dpkg --configure -a`; one that is there in full or in part without what it depends on, `apt-get --fix-broken install`, which alone can do that and
 * takes no packages beside; one that lacks some of its files (half installed, or reinst-required), with all that it depends on, `--reinstall`, since apt
 * takes it for installed.
 */
export function aptInstallScript({ packages, versions, mend = [], record }: Installation): string {
  const exact = (name: string) => (versions?.[name] === undefined ? name : `${name}=${versions[name]}`);
  const words = [
    '--no-install-recommends',
    ...(versions === undefined ? [] : ['--allow-downgrades']),
    ...packages.map(exact),
  ];
  return `${record === undefined ? '' : recordPackages(record, packages)}
apt() { apt-get --quiet --yes -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 ${record === undefined ? '' : '$recording '}"$@"; }
unlocked() {
  tries=0
  until out=$("$@" 2>&1); do
    case $out in *"Could not get lock"*|*"locked by another process"*) ;; *) printf '%s\\n' "$out" >&2; return 100 ;; esac
    tries=$((tries + 1))
    if [ "$tries" -ge ${LOCK_WAIT_S} ]; then printf '%s\\n' "$out" >&2; return 100; fi
    sleep 1
  done
}
update() {
  echo 'fetching the package lists'
  unlocked apt update || return
  # that it succeeded does not mean that every list could be fetched
  unfetched=$(printf '%s\\n' "$out" | grep '^[WE]: ' | head -n 3)
}
fresh() { [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mmin -1440 2>/dev/null | head -n 1)" ]; }
install() { apt --no-remove install ${words.map(quote).join(' ')}; }
complete() {
  halves=$(dpkg-query -W -f='\${db:Status-Abbrev} \${Package}\\n' ${[...packages, ...mend].map(quote).join(' ')} 2>/dev/null | sed -n '/^.i /!s/^... //p')
  if [ -n "$halves" ]; then apt --no-remove install --reinstall $halves; fi
}
interrupted() { [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)$(dpkg --audit)" ]; }
mend() {
  echo 'mending an interrupted dpkg'
  # where it fails, apt goes on from there
  unlocked dpkg --configure -a || true
  # apt takes them for installed and goes on to configure them, which dpkg refuses
  for half in $(dpkg-query -W -f='\${db:Status-Abbrev} \${Package}\\n' | sed -n -e 's/^.H. //p' -e 's/^.[^H]R //p'); do
    apt --no-remove install --reinstall "$half" || true
  done
}
transaction() {
  if interrupted; then mend; fi
  install && complete && return
  # by what came in between, such as a dpkg that was killed just now
  if interrupted; then mend; elif apt check >/dev/null 2>&1; then return 100; fi
  apt --fix-broken --no-remove install && install && complete
}
if fresh && transaction; then exit 0; fi
update && transaction && exit
code=$?
if [ -n "$unfetched" ]; then printf '%s\\n' "$unfetched" >&2; fi
# which packages are in the way; simulated, apt-get neither changes nor locks anything
apt --simulate install ${words.map(quote).join(' ')} 2>/dev/null | sed -n '/^Remv /p' >&2
${record === undefined || record === TOOLS ? '' : forgetAbsent(record)}
exit "$code"`;
}

/** What it means that apt would have had to remove packages, from the script's standard error; undefined for any other failure. */
export const explainApt: NonNullable<Change['explain']> = (output) => {
  const removals = [...output.matchAll(/^Remv (\S+).*$/gm)];
  const refusal = /^E: Packages need to be removed but remove is disabled\.$/m.exec(output)?.[0];
  if (removals.length === 0 || refusal === undefined) return undefined;
  const names = removals.map(([, name]) => name);
  const lines = [...removals.map(([line]) => line), refusal].map((line) => `\n    ${line}`);
  return {
    happened: `apt would remove ${names.join(', ')} for it, and the lab removes nothing of others${lines.join('')}`,
    advice: `if nobody needs them, remove them yourself (sudo apt-get remove ${names.join(' ')}), then run the command again`,
  };
};

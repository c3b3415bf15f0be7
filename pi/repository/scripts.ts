import { quote } from '../../base/quote.ts';
import { LOCK_WAIT_S } from '../../provisioning/resources/apt.ts';
import { backupFolder, openBackup } from '../../provisioning/resources/backup-folder.ts';
import type { Query } from '../../provisioning/resources/facts.ts';
import { replaceFiles, type WantedFile } from '../../provisioning/resources/files.ts';
import { recordFile } from '../../provisioning/resources/package-record.ts';
import { KEYRINGS, PREFERENCES, SOURCE } from './files.ts';
import { unlessAnothers } from './owner.ts';

/** The package that the checkpoint installs. */
export const CLIENTS = 'mosquitto-clients';

/** apt without any other source than the one in a file. */
const only = (source: string) => `-o Dir::Etc::sourcelist=${source} -o Dir::Etc::sourceparts=/dev/null`;
/** As if nothing were installed, and without writing apt's cache. */
const ASIDE = '-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::status=/dev/null';
const UNPINNED = '-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null';
const candidate = (options: string, name: string) =>
  `apt-cache ${options} ${ASIDE} policy ${name} | sed -n 's/^  Candidate: //p' | grep -v '^(none)$'`;

/** The newest version of the clients in the repository, by the package lists that the host has of it; nothing is fetched. */
export const OFFERED: Query = {
  id: 'repository-offers',
  script: `[ -f ${SOURCE} ] && ${candidate(`${only(SOURCE)} ${UNPINNED}`, CLIENTS)}`,
};

/**
 * Puts key, preferences and source in place, only after apt has read the repository with them beside their places, in lists of their own: what apt
 * refuses never becomes part of the host. Then the lists go where apt keeps them, and keys that nothing uses go.
 * @param labs the lab that it is for, which gets its folder on the host, and one whose source it may replace; none: the whole host is the lab's
 */
export function useScript(
  key: WantedFile,
  preferences: WantedFile,
  source: WantedFile,
  unused: readonly string[],
  labs: readonly string[],
): string {
  const [lab] = labs;
  const trial = `
install -d -m 755 ${KEYRINGS}
chmod 755 "$staged"
cp "$staged/0" "$staged/trial.asc"
sed "s|^Signed-By: .*|Signed-By: $staged/trial.asc|" "$staged/2" >"$staged/trial.sources"
chmod 644 "$staged/trial.asc" "$staged/trial.sources"
umask 022
trial="${only('$staged/trial.sources')} -o Dir::State::lists=$staged/lists"
mkdir "$staged/lists"
if ! apt-get --quiet $trial -o APT::Update::Error-Mode=any update >"$staged/log" 2>&1; then
  cat "$staged/log" >&2
  exit 100
fi
if ! ${candidate(`$trial ${UNPINNED}`, CLIENTS)} >/dev/null; then
  grep '^W: ' "$staged/log" >&2 || true
  echo "E: ${MISSING} for $(dpkg --print-architecture)" >&2
  exit 100
fi
${lab === undefined ? '' : openBackup(lab)}`;
  const remove = unused.length === 0 ? [] : [`rm -f ${unused.map(quote).join(' ')}`];
  return [
    ...(lab === undefined ? [] : [unlessAnothers(labs)]),
    // what says that the lab is there is there before its source
    replaceFiles('/etc/apt', [key, preferences, source], trial),
    // their names are made from the repository's URL; lock and partial have no _
    'mv -f "$staged"/lists/*_* /var/lib/apt/lists/',
    ...remove,
  ].join('\n');
}

/** What the trial says of a repository that is fine but for the package. */
export const MISSING = `no ${CLIENTS} in the repository`;

/**
 * Gives the packages that came from the repository back to the host's other sources, in one transaction, then removes it. Which those are is
 * seen before anything is removed, so that a run that is ended halfway is gone on with. Of other packages than the clients, their libraries and what the
 * lab has installed, nothing is touched; what no other source has goes only if the lab has installed it and nothing else needs it.
 * @param lab whose folder on the host notes what it has installed; undefined: the whole host is the lab's
 */
export function leaveScript(lab: string | undefined): string {
  const noted =
    lab === undefined
      ? 'true'
      : `sed -n 's/^package \\([^ :]*\\).*/\\1/p' ${recordFile(backupFolder(lab))} 2>/dev/null || true`;
  return `set -e
${lab === undefined ? '' : unlessAnothers([lab])}
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$staged"
mkdir "$staged/sources" "$staged/preferences"
for file in /etc/apt/sources.list.d/*; do [ "$file" = ${SOURCE} ] || [ ! -e "$file" ] || ln -s "$file" "$staged/sources/"; done
for file in /etc/apt/preferences.d/*; do [ "$file" = ${PREFERENCES} ] || [ ! -e "$file" ] || ln -s "$file" "$staged/preferences/"; done
others="-o Dir::Etc::sourceparts=$staged/sources -o Dir::Etc::preferencesparts=$staged/preferences"
apt() { apt-get --quiet --yes -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 -o APT::Get::List-Cleanup=0 $others "$@"; }
: >"$staged/offered"
if [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)$(dpkg --audit)" ]; then dpkg --configure -a || true; fi
if [ -f ${SOURCE} ]; then
  apt-cache ${only(SOURCE)} ${ASIDE} dumpavail | awk '$1 == "Package:" { name = $2 } $1 == "Version:" { print name, $2 }' | sort -u >"$staged/offered"
fi
{ ${noted}; } >"$staged/own"
dpkg-query -W -f='\${Package} \${Version}\\n' | sort -u | comm -12 - "$staged/offered" |
  awk '!all { own[$1]; next } $1 == "${CLIENTS}" || $1 ~ /^libmosquitto/ || $1 in own' "$staged/own" all=1 - >"$staged/theirs"
${lab === undefined ? `cut -d ' ' -f 1 "$staged/theirs" >"$staged/own"` : ''}
names=$(cut -d ' ' -f 1 "$staged/theirs")
if [ -n "$names" ]; then
  candidates() {
    apt-cache $others ${ASIDE} policy $names |
      awk '/^[^ ]/ { sub(/:$/, "", $1); name = $1 } $1 == "Candidate:" && $2 != "(none)" { print name, $2 }' >"$staged/candidates"
  }
  # that nothing else has a package is known by complete lists only
  complete() { apt -o APT::Update::Error-Mode=any update && candidates; }
  give_back() {
    words= going=
    while read -r name version; do
      other=$(awk -v name="$name" '$1 == name { print $2 }' "$staged/candidates")
      if [ -n "$other" ]; then
        [ "$other" = "$version" ] || words="$words $name=$other"
      elif grep -qxF -- "$name" "$staged/own"; then
        going="$going $name-"
      fi
    done <"$staged/theirs"
    install='install --no-install-recommends --allow-downgrades'
    along=$(apt --simulate $install $words $going 2>/dev/null | awk '$1 == "Remv" { print $2 "-" }' | grep -vxF -- "$(printf '%s\\n' $going)") || true
    # somebody needs it
    [ -z "$along" ] || going=
    [ -z "$words$going" ] || apt $install \${going:---no-remove} $words
  }
  candidates
  [ "$(wc -l <"$staged/candidates")" = "$(wc -l <"$staged/theirs")" ] || complete
  # apt takes what it is told by name for wanted by somebody
  automatic=$(apt-mark showauto $names)
  give_back || { complete && give_back; }
  for name in $automatic; do dpkg-query -W "$name" >/dev/null 2>&1 && apt-mark auto "$name"; done
fi
if [ -f ${SOURCE} ]; then
  lists=$(apt-get ${only(SOURCE)} indextargets --format '$(FILENAME)' | head -n 1 | sed 's/_dists_.*//')
  # another source of the same URL has its lists under the same names
  [ -z "$lists" ] || apt-get $others indextargets --no-release-info --format '$(FILENAME)' | grep -qF -- "$lists"_dists_ || rm -f "$lists"_dists_*
fi
rm -f ${SOURCE} ${PREFERENCES} ${KEYRINGS}/mqtt-lab-*.asc`;
}

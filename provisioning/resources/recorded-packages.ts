import { quote } from '../../base/quote.ts';
import { LOCK_WAIT_S } from './apt.ts';
import type { Fact, Query } from './facts.ts';
import { recordFile } from './package-record.ts';
import type { Item, Resource } from './resource.ts';

const REMOVE_TIMEOUT_MS = (LOCK_WAIT_S + 600) * 1000;
const APT_OPTIONS = '--quiet --yes -o APT::Get::AutomaticRemove=false';

/** A package that the lab has installed and that is still there, and what becomes of it. */
export type Recorded =
  /** `remove` leaves its configuration, which was there before the lab. */
  | { readonly name: string; readonly fate: 'purge' | 'remove' }
  | { readonly name: string; readonly fate: 'stay'; readonly why: string };

/** The packages that the lab's own apt transactions have installed: removed in one transaction, but for what somebody else has come to need. */
export function recordedPackages(folder: string): Resource {
  const query = recordedQuery(folder);
  return {
    id: 'packages',
    queries: [query],
    plan(facts) {
      const found = recorded(facts.get(query));
      const items = found.map((each): Item => {
        const item = { kind: 'package', name: each.name };
        return each.fate === 'stay'
          ? { ...item, action: 'unchanged', detail: `stays: ${each.why}` }
          : { ...item, action: 'remove', detail: 'the lab installed it' };
      });
      const leaving = (fate: Recorded['fate']) => found.filter((each) => each.fate === fate).map(({ name }) => name);
      const purged = leaving('purge');
      const removed = leaving('remove');
      if (purged.length + removed.length === 0) return { items };
      const change = {
        summary: `remove ${[...purged, ...removed].join(', ')}`,
        script: removeScript(folder, purged, removed),
        timeoutMs: REMOVE_TIMEOUT_MS,
        advice: 'see what `sudo apt-get check` says on this host, then run the command again',
      };
      return { items, change };
    },
  };
}

/**
 * What apt and dpkg know of the recorded packages. apt is asked what else would go (or come) with all of them, and what that, or what somebody wants of
 * them, stands on; it writes nothing then, not even its cache.
 */
export function recordedQuery(folder: string): Query {
  return {
    id: 'recorded-packages',
    script: `
record=${quote(recordFile(folder))}
[ -s "$record" ] || exit 0
native=$(dpkg --print-architecture)
lines=$(sed -e "s/:$native / /" "$record")
printf '%s\\n' "$lines"
here= held=
for name in $(printf '%s\\n' "$lines" | awk '$1 == "package" { print $2 }' | sort -u); do
  state=$(dpkg-query -W -f='\${db:Status-Want} \${db:Status-Status}' "$name" 2>/dev/null) || continue
  case $state in *' not-installed') continue ;; hold*) held="$held $name" ;; esac
  echo "state $name $state"
  here="$here $name"
done
[ -n "$here" ] || exit 0
requested=$(printf '%s\\n' "$lines" | sed -n -e 's/^requested //p' -e 's/^leaving //p' | tr ' ' '\\n')
wanted=$(apt-mark showmanual $here | grep -vxF -- "$requested")
for name in $wanted; do echo "wanted $name"; done
memory='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
others=$(apt-get -s ${APT_OPTIONS} -o Debug::NoLocking=true $memory purge $here |
  awk '$1 ~ /^(Purg|Remv|Inst)$/ { print $2 }' | sort -u | grep -vxF -- "$(printf '%s\\n' $here)")
for other in $others $wanted $held; do
  # all that it stands on
  apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances $memory "$other" |
    grep -xF -- "$(printf '%s\\n' $here)" | sort -u | while read -r name; do
      [ "$name" = "$other" ] || echo "with $name $other"
    done
done
true`,
  };
}

/** Decides which of the recorded packages go, from the answer to recordedQuery. */
export function recorded({ output }: Fact): readonly Recorded[] {
  const lines = output.split('\n').map((line) => line.split(' '));
  const about = (word: string) => lines.flatMap(([first, ...rest]) => (first === word ? [rest] : []));
  // a package that the lab has installed twice was there before if it was before the first time
  const before = new Map(
    about('package')
      .toReversed()
      .map(([name = '', state = '']) => [name, state] as const),
  );
  const wanted = about('wanted').flat();
  const found = about('state').flatMap(([name = '', want, state]): Recorded[] => {
    const wasConfigured = before.get(name) === 'config-files';
    if (state === 'config-files' && wasConfigured) return [];
    if (want === 'hold') return [{ name, fate: 'stay', why: 'it is on hold' }];
    if (wanted.includes(name)) return [{ name, fate: 'stay', why: 'somebody else has asked for it, too' }];
    return [{ name, fate: wasConfigured ? 'remove' : 'purge' }];
  });
  const staying = new Set(found.flatMap(({ name, fate }) => (fate === 'stay' ? [name] : [])));
  // apt, which does not read the journal of a dpkg that was killed, still tells of a recorded package that dpkg has removed
  const isThere = (name: string) => staying.has(name) || !before.has(name);
  return found.map((each) => {
    if (each.fate === 'stay') return each;
    const others = about('with').flatMap(([name, other = '']) => (name === each.name && isThere(other) ? [other] : []));
    return others.length === 0 ? each : { name: each.name, fate: 'stay', why: `${others.join(', ')} needs it` };
  });
}

/**
 * Those of which nothing was there before go with their configuration. apt forgets who was installed for another's sake when it begins: where it is killed
 * then, the record says that nobody else has asked for them.
 */
function removeScript(folder: string, purged: readonly string[], removed: readonly string[]): string {
  const step = (verb: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`apt ${verb} ${names.map(quote).join(' ')}`];
  return [
    'set -e',
    `apt() { apt-get ${APT_OPTIONS} -o DPkg::Lock::Timeout=${LOCK_WAIT_S} -o Dpkg::Use-Pty=0 "$@"; }`,
    `record=${quote(recordFile(folder))}`,
    `echo ${quote(`leaving ${[...purged, ...removed].join(' ')}`)} >>"$record"`,
    'sync "$record"',
    'if [ -n "$(ls /var/lib/dpkg/updates 2>/dev/null)" ]; then dpkg --configure -a; fi',
    ...step('purge', purged),
    // apt does no more than remove a package that a killed dpkg has left half-installed
    `left=$(for name in ${purged.map(quote).join(' ')}; do dpkg-query -W -f='\${db:Status-Status} ' "$name" 2>/dev/null | sed "s|^config-files $|$name |p; d"; done)`,
    'if [ -n "$left" ]; then apt purge $left; fi',
    ...step('remove', removed),
  ].join('\n');
}

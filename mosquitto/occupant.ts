import { LabError } from '../base/errors.ts';
import { quote } from '../base/quote.ts';
import type { Lab } from '../lab-file/lab.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { REINSTALL } from './main-file.ts';
import { ACL, CONF_D, DATA, LAB_CONF, MAIN_CONF, PASSWD } from './paths.ts';

/** Somebody else's Mosquitto, or something else on the port: what the lab must not touch unasked. */
export type Occupant =
  | { readonly kind: 'file'; readonly path: string; readonly what: string }
  | { readonly kind: 'lab'; readonly path: string; readonly name: string }
  | { readonly kind: 'port'; readonly port: number; readonly pid: number; readonly command: string };

/** Where a link would have the lab keep the link in place of what it leads to; each with the folders above it. */
const FOLDERS = [
  ...new Set(
    [CONF_D, ...DATA].flatMap((path) =>
      path.split('/').flatMap((_, at, parts) => parts.slice(0, at + 1).join('/') || []),
    ),
  ),
];

export function occupantQuery(port: number): Query {
  return {
    id: 'occupant',
    script: `${PROCESS_FUNCTIONS}
for folder in ${FOLDERS.join(' ')}; do if [ -L "$folder" ]; then echo "link $folder $(readlink "$folder" | tr '\\000-\\037\\177' ' ')"; fi; done
md5=$(dpkg-query -W -f='\${Conffiles}\\n' mosquitto 2>/dev/null | awk '$1 == "${MAIN_CONF}" { print $2 }')
# newconffile: a dpkg that was killed had put the file in its place, and had not noted its sum
if [ -n "$md5" ] && [ "$md5" != newconffile ] && [ -e ${MAIN_CONF} ] && [ "$(md5sum <${MAIN_CONF})" != "$md5  -" ]; then
  echo "main changed since Debian's package was installed"
elif [ -z "$md5" ] && [ -e ${MAIN_CONF} ]; then echo "main not from Debian's package"; fi
for file in ${CONF_D}/*.conf; do [ -e "$file" ] && [ "$file" != ${LAB_CONF} ] && echo "file $file"; done
[ -e ${LAB_CONF} ] && echo "lab $(head -n 1 ${LAB_CONF})"
set -- $(pids_of mosquitto ${MAIN_CONF})
ours=$1
holder=$(port_holder ${port})
# 0: nobody may look into the holder, as in a container without CAP_SYS_PTRACE; then it is ours if we have one
case "\${holder%% *}" in ''|"$ours") ;; 0) [ -n "$ours" ] || echo "port $holder" ;; *) echo "port $holder" ;; esac
true`,
  };
}

/**
 * Throws a LabError, exit code 2, where a folder of Mosquitto's is a link: what is there can't be kept, and would be lost. In a container, which goes away
 * whole, only what is to be taken over is kept.
 */
export function findOccupants(lab: Pick<Lab, 'name' | 'broker'>, answer: Fact): Occupant[] {
  const occupants = occupantsIn(lab, answer);
  const [, link, target = ''] = /^link (\S+) *(.*?) *$/m.exec(answer.output) ?? [];
  if (link !== undefined && (lab.broker.host.kind !== 'container' || occupants.length > 0))
    throw linkError(link, target);
  return occupants;
}

function occupantsIn({ name, broker }: Pick<Lab, 'name' | 'broker'>, answer: Fact): Occupant[] {
  return answer.output.split('\n').flatMap((line): Occupant[] => {
    const [kind, ...words] = line.split(' ');
    const rest = words.join(' ');
    if (kind === 'main') return [{ kind: 'file', path: MAIN_CONF, what: rest }];
    if (kind === 'file') return [{ kind: 'file', path: rest, what: 'not written by the lab' }];
    if (kind === 'port') {
      return [{ kind: 'port', port: broker.port, pid: Number(words[0]), command: words.slice(1).join(' ').trim() }];
    }
    if (kind !== 'lab') return [];
    const owner = /^# mqtt-lab "(.*?)"/.exec(rest)?.[1];
    if (owner === name) return [];
    return owner === undefined
      ? [{ kind: 'file', path: LAB_CONF, what: 'not written by the lab' }]
      : [{ kind: 'lab', path: LAB_CONF, name: owner }];
  });
}

function linkError(path: string, target: string): LabError {
  const happened = `${path} is a symbolic link to ${target}: of what is behind a link no copy is kept that could be given back`;
  const advice = `put the folder itself there in place of the link (or mount it there: mount --bind), \`broker: { host: container }\`, or another host`;
  return new LabError({ subject: 'broker', step: 'make room for the broker', happened, advice }, 'could-not-run');
}

export function describeOccupant(occupant: Occupant): string {
  switch (occupant.kind) {
    case 'file':
      return `${occupant.path} is somebody else's: ${occupant.what}`;
    case 'lab':
      return `${occupant.path} belongs to the lab "${occupant.name}"`;
    case 'port':
      return `port ${occupant.port} is taken by process ${occupant.pid}: ${occupant.command}`;
  }
}

/** What `--take-over` by a lab does with it, for the plan. */
export function occupantItem(lab: string, occupant: Occupant): Item {
  if (occupant.kind === 'port') {
    const detail = `stopped: it holds port ${occupant.port}`;
    return { action: 'remove', kind: 'process', name: `${occupant.pid} ${occupant.command}`, detail };
  }
  const whose = occupant.kind === 'lab' ? `of the lab "${occupant.name}"` : occupant.what;
  return { action: 'remove', kind: 'file', name: occupant.path, detail: `${whose}; kept in ${backupFolder(lab)}` };
}

/** Whether `--take-over` may clear it away: files are kept aside, a Mosquitto is stopped; other programs are the user's to stop. */
export function canBeTakenOver(occupant: Occupant): boolean {
  return occupant.kind !== 'port' || /^(\S*\/)?mosquitto(\s|$)/.test(occupant.command);
}

const IF_INSTALLED = 'if dpkg-query -W mosquitto >/dev/null 2>&1; then';

/** Shell that moves the occupants' files to where the lab keeps what was there before it, and stops their Mosquitto. */
export function takeOverScript(lab: string, occupants: readonly Occupant[]): string {
  const steps = occupants.map((occupant) => {
    if (occupant.kind === 'port') {
      return `end ${occupant.pid}`;
    }
    const files = occupant.kind === 'lab' ? [LAB_CONF, PASSWD, ACL] : [occupant.path];
    const moves = files.map((file) => `keep ${quote(file)}`).join('\n');
    // what takes its place is there before it goes
    return occupant.path === MAIN_CONF
      ? `${IF_INSTALLED} fetch; fi\n${moves}\n${IF_INSTALLED} ${REINSTALL}; fi`
      : moves;
  });
  return ['set -e', 'umask 077', openBackup(lab), KEEP, END, FETCH, ...steps].join('\n');
}

/** Beside what the backup has, under the same name; what differs from it was put there later, and the earlier one stays with its time in its name. */
const KEEP = `
keep() {
  [ -e "$1" ] || return 0
  kept="$folder/files$1"
  if ! cmp -s "$1" "$kept"; then
    if [ -e "$kept" ]; then mv "$kept" "$kept.$(date -u +%Y%m%dT%H%M%SZ).$$"; fi
    mkdir -p "\${kept%/*}"
    cp -a "$1" "$kept"
    sync "$kept"
  fi
  if [ ! -L "$1" ] && [ "$1" -ef "$kept" ]; then echo "$1 and its copy $kept are one file" >&2; exit 1; fi
  rm -f "$1"
}`;

/** The number may be another process's by now. */
const END = `
end() {
  read -r name <"/proc/$1/comm" || return 0
  if [ "$name" != mosquitto ]; then echo "process $1 is no Mosquitto, but $name" >&2; exit 1; fi
  kill "$1"
  tries=0
  while [ -d "/proc/$1" ] && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
}`;

/** apt ends well also where it knows of nowhere to have the package from. */
const FETCH = `
fetch() {
  said=$(LC_ALL=C ${REINSTALL} --download-only)
  case $said in *'is not possible'*) printf '%s\\n' "$said" >&2; exit 1 ;; esac
}`;

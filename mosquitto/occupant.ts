import { quote } from '../provisioning/hosts/shell.ts';
import type { Lab } from '../provisioning/lab-file/lab.ts';
import type { Answer, Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item } from '../provisioning/resources/resource.ts';
import { keptFolder, openKept } from '../provisioning/restore/kept.ts';
import { ACL, CONF_D, LAB_CONF, MAIN_CONF, PASSWD } from './paths.ts';

/** Somebody else's Mosquitto, or something else on the port: what the lab must not touch unasked. */
export type Occupant =
  | { readonly kind: 'file'; readonly path: string; readonly what: string }
  | { readonly kind: 'lab'; readonly path: string; readonly name: string }
  | { readonly kind: 'port'; readonly port: number; readonly pid: number; readonly command: string };

export function occupantQuery(port: number): Query {
  return {
    id: 'occupant',
    script: `${PROCESS_FUNCTIONS}
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

export function findOccupants({ name, broker }: Pick<Lab, 'name' | 'broker'>, answer: Answer): Occupant[] {
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
  return { action: 'remove', kind: 'file', name: occupant.path, detail: `${whose}; kept in ${keptFolder(lab)}` };
}

/** Whether `--take-over` may clear it away: files are kept aside, a Mosquitto is stopped; other programs are the user's to stop. */
export function canBeTakenOver(occupant: Occupant): boolean {
  return occupant.kind !== 'port' || /(^|\/)mosquitto(\s|$)/.test(occupant.command);
}

/** Shell that moves the occupants' files to where the lab keeps what was there before it, and stops their Mosquitto. */
export function takeOverScript(lab: string, occupants: readonly Occupant[]): string {
  const steps = occupants.map((occupant) => {
    if (occupant.kind === 'port') {
      return `kill ${occupant.pid}\ntries=0\nwhile [ -d /proc/${occupant.pid} ] && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done`;
    }
    const files = occupant.kind === 'lab' ? [LAB_CONF, PASSWD, ACL] : [occupant.path];
    const moves = files.map((file) => `keep ${quote(file)}`).join('\n');
    const restore = `apt-get --quiet --yes -o Dpkg::Options::=--force-confmiss --reinstall install mosquitto`;
    return occupant.path === MAIN_CONF
      ? `${moves}\nif dpkg-query -W mosquitto >/dev/null 2>&1; then ${restore}; fi`
      : moves;
  });
  return ['set -e', 'umask 077', openKept(lab), KEEP, ...steps].join('\n');
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
  rm -f "$1"
}`;

import { BACKUPS } from '../resources/backup-folder.ts';
import type { Query } from '../resources/facts.ts';
import { recordFile } from '../resources/package-record.ts';
import { PROCESS_FUNCTIONS } from '../resources/processes.ts';

/** Folder on this machine for what the lab has installed and started for Docker; no lab's, whose name has no dot. */
export const TOOLS = `${BACKUPS}/.tools`;
/** There from the moment the engine is ended for good until nothing is left of it; anybody may see it. */
export const LEAVING = `${BACKUPS}/.tools-leaving`;
/** What a dockerd that the lab has started says. */
export const DOCKERD_LOG = '/var/log/mqtt-lab-dockerd.log';
/** Word in the command line of the containerd that a dockerd without systemd starts for itself. */
export const OWN_CONTAINERD = '/var/run/docker/containerd/containerd.toml';

const BEFORE = `${TOOLS}/before`;
const STARTED = `${TOOLS}/started`;
const FOLDERS = ['/var/lib/docker', '/var/lib/containerd', '/etc/docker', '/opt/containerd'];

/** Shell that notes, once and before the lab's first change for Docker, what there was of what an engine leaves. A note that can't be written ends the script. */
export const NOTE_BEFORE = `(
set -e
install -d -m 0755 ${BACKUPS}
install -d -m 0700 ${TOOLS}
if [ ! -s ${BEFORE} ]; then
  for folder in ${FOLDERS.join(' ')}; do
    state=absent
    if [ -d "$folder" ]; then state=empty; echo "$folder:mode $(stat -c %a "$folder")"; fi
    if [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then state=used; fi
    echo "$folder $state"
  done >${BEFORE}.new
  if getent group docker >/dev/null; then echo 'group used'; else echo 'group absent'; fi >>${BEFORE}.new
  if [ -d /sys/class/net/docker0 ]; then echo 'bridge used'; else echo 'bridge absent'; fi >>${BEFORE}.new
  echo "forwarding $(cat /proc/sys/net/ipv4/ip_forward)" >>${BEFORE}.new
  echo "policy $(iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')" >>${BEFORE}.new
  sync ${BEFORE}.new
  mv ${BEFORE}.new ${BEFORE}
fi
rm -f ${LEAVING}
)
# not \`|| exit\`, before which set -e has no effect
[ $? = 0 ] || exit`;

/** Shell that notes which dockerd the lab has started: its process `$!`, and when that began, since ids are used again. Needs PROCESS_FUNCTIONS. */
export const NOTE_STARTED = `echo "$! $(started_at $!)" >${STARTED}`;

/** All that is known of the lab's own part in this machine's engine, and who else may need it; as root, writes nothing. */
export const TOOLS_QUERY: Query = {
  id: 'tools',
  script: `${PROCESS_FUNCTIONS}
[ -d ${TOOLS} ] || exit 0
echo recorded
sed 's/^/before /' ${BEFORE}
if grep -q '^package docker.io[: ]' ${recordFile(TOOLS)}; then echo installed; fi
read -r pid ticks <${STARTED}
for engine in $(pids_of dockerd); do
  echo "engine $engine $(readlink "/proc/$engine/exe")"
  if [ "$engine" = "$pid" ] && [ "$(started_at "$engine")" = "$ticks" ]; then echo "started $engine"; fi
done
if [ -e ${LEAVING} ]; then echo leaving; fi
for folder in ${BACKUPS}/*/; do
  if [ -d "$folder" ]; then echo "lab $(basename "$folder")"; fi
done
if [ -S /run/containerd/containerd.sock ]; then
  timeout 5 ctr namespaces list -q | grep -vxE 'moby|plugins.moby' | sed 's/^/namespace /'
fi
true`,
};

/** What the lab has done to this machine for Docker, and who else is here. */
export type ToolsRecord = {
  /** By folder, `group`, `bridge`: absent, empty or used before the lab; `FOLDER:mode`, `forwarding` and `policy`: what they were. */
  readonly before: ReadonlyMap<string, string>;
  /** Whether docker.io is the lab's. */
  readonly hasInstalled: boolean;
  /** The dockerd that the lab has started, while it lives. */
  readonly startedPid: number | undefined;
  /** Those that live in this machine's own PID namespace. */
  readonly engines: readonly { readonly pid: number; readonly program: string }[];
  /** Whether a `down` has begun to take the engine away. */
  readonly isLeaving: boolean;
  /** Labs that this machine has something to give back of. */
  readonly labs: readonly string[];
  /** containerd's own, without Docker's. */
  readonly namespaces: readonly string[];
};

/** Reads the answer to TOOLS_QUERY; undefined where there is no record. */
export function toolsRecord(output: string): ToolsRecord | undefined {
  const lines = output.split('\n').map((line) => line.split(' '));
  const about = (word: string) => lines.flatMap(([first, ...rest]) => (first === word ? [rest] : []));
  if (about('recorded').length === 0) return undefined;
  const [started] = about('started').map(([pid]) => Number(pid));
  return {
    before: new Map(about('before').map(([what = '', state = '']) => [what, state])),
    hasInstalled: about('installed').length > 0,
    startedPid: started,
    engines: about('engine').map(([pid, program = '']) => ({ pid: Number(pid), program })),
    isLeaving: about('leaving').length > 0,
    labs: about('lab').flat(),
    namespaces: about('namespace').flat(),
  };
}

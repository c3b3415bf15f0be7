import { LabError } from '../base/errors.ts';
import type { Lab } from '../lab-file/lab.ts';
import { planHost } from '../provisioning/plan-host.ts';
import { backupFolder, openBackup } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { ownHeader } from './conf.ts';
import { ACCOUNTS, DATA, FOLDER, LAB_CONF, LEFT_BEHIND, MAIN_CONF, UNTOUCHED } from './paths.ts';

const BACKUP_TIMEOUT_MS = 600_000;
const ADVICE = 'see that the disk of this host is not full';

/**
 * What the host was before the lab's first change there, kept on the host so that `down` can give it back: which Mosquitto it had, what ran, and exact
 * copies of its files. A host that nothing (`rest`) changes gets none. Throws a LabError, exit code 2, where a `down` was killed while it gave the host
 * back: what is there then is in part somebody else's again, and the backup would be taken for spent.
 */
export function backup(lab: Pick<Lab, 'name'>, rest: readonly Resource[]): Resource {
  const query = backupQuery(lab.name);
  return {
    id: 'backup',
    queries: [query, ...rest.flatMap(({ queries }) => queries)],
    plan(facts) {
      const item = { kind: 'backup', name: backupFolder(lab.name) };
      const told = facts.get(query).output.split('\n');
      if (told.includes('restoring')) throw halfGivenBack(item.name);
      if (told.includes('kept')) return { items: [{ ...item, action: 'unchanged' }] };
      // of a lab that was there before this version of it, nobody knows what was before
      if (told.includes('own')) return { items: [] };
      if (planHost(rest, facts).steps.length === 0) return { items: [] };
      const change = {
        summary: `keep what is there before the lab, in ${item.name}`,
        script: backupScript(lab.name),
        timeoutMs: BACKUP_TIMEOUT_MS,
        advice: ADVICE,
      };
      return { items: [{ ...item, action: 'create' }], change };
    },
  };
}

function halfGivenBack(folder: string): LabError {
  const happened = `a down that was interrupted has given the host back in part; the rest is still in ${folder}`;
  const advice = '`./lab down` first, which goes on with it, then this command again';
  return new LabError(
    { subject: 'broker', step: 'look at what was before the lab', happened, advice },
    'could-not-run',
  );
}

/**
 * The database and the log of the Mosquitto that was there, copied when the lab's broker is about to take its place and not before: its sessions live until
 * then, and none of their messages is lost.
 */
export function dataBackup(lab: Pick<Lab, 'name'>): Resource {
  const query = backupQuery(lab.name);
  return {
    id: 'data backup',
    queries: [query],
    plan(facts, earlier) {
      const told = facts.get(query).output.split('\n');
      const isPlanned = earlier.some(({ kind, name }) => kind === 'backup' && name === backupFolder(lab.name));
      // a backup of a host where none runs has its data
      const isMissing = told.includes('kept') ? !told.includes('data') : isPlanned && told.includes('runs');
      if (!isMissing) return { items: [] };
      const item: Item = { action: 'create', kind: 'backup', name: DATA.join(', ') };
      const change = {
        summary: `stop the Mosquitto that is there, and keep ${DATA.join(' and ')}`,
        script: `${PROCESS_FUNCTIONS}\nset -e\numask 077\n${openBackup(lab.name)}\n${STOP_BROKER}\n${KEEP_DATA}`,
        timeoutMs: BACKUP_TIMEOUT_MS,
        advice: ADVICE,
      };
      return { items: [item], change };
    },
  };
}

function backupQuery(lab: string): Query {
  return {
    id: 'backup',
    script: `${PROCESS_FUNCTIONS}
[ -f ${backupFolder(lab)}/state ] && echo kept
[ -f ${backupFolder(lab)}/data ] && echo data
[ -e ${backupFolder(lab)}/restoring ] || [ -e ${backupFolder(lab)}/restored ] && echo restoring
head -n 1 ${LAB_CONF} 2>/dev/null | grep -qF '${ownHeader(lab)}' && echo own
[ -n "$(pids_of mosquitto)" ] && echo runs
true`,
  };
}

/** Ends the broker that Debian's package runs, by TERM, so that it writes its database; again and again, since it forgets one that comes just before its main loop. */
export const STOP_BROKER = `
if [ -d /run/systemd/system ]; then systemctl stop mosquitto 2>/dev/null || true; fi
tries=0
while pids=$(pids_of mosquitto ${MAIN_CONF}); [ -n "$pids" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 600 ]; then echo 'the broker does not stop' >&2; exit 1; fi
  kill $pids 2>/dev/null || true
  sleep 0.05
done`;

/** Copies with all their attributes; a copy is complete when its mark is there, which is made when the copy is on the disk. */
const KEEP_DATA = `
for path in ${DATA.join(' ')}; do
  rm -rf "$folder/files$path"
  [ -d "$path" ] || continue
  mkdir -p "$folder/files\${path%/*}"
  cp -a "$path" "$folder/files$path"
done
sync -f "$folder"
: >"$folder/data"
sync "$folder/data" "$folder"`;

/** A second attempt begins anew: until the state is there, nothing but this has been changed. */
function backupScript(lab: string): string {
  return `${PROCESS_FUNCTIONS}
set -e
umask 077
${openBackup(lab)}
if [ -f "$folder/state" ]; then exit 0; fi
rm -rf "$folder/files" "$folder/state.new" "$folder/data"
mkdir -p "$folder/files/etc"
{
  echo "package $(dpkg-query -W -f='\${db:Status-Status}' mosquitto 2>/dev/null || echo not-installed)"
  for path in ${[...LEFT_BEHIND, FOLDER, ...DATA].join(' ')}; do [ -e "$path" ] || echo "absent $path"; done
  for kind in passwd group; do getent $kind mosquitto >/dev/null || echo "absent $kind"; done
  main=
  if [ -d /run/systemd/system ]; then
    echo "enabled $(systemctl is-enabled mosquitto 2>/dev/null)"
    echo "active $(systemctl is-active mosquitto)"
    main=$(systemctl show --property=MainPID --value mosquitto)
  fi
  for pid in $(pids_of mosquitto); do
    [ "$pid" != "$main" ] || continue
    words=$(base64 -w 0 <"/proc/$pid/cmdline")
    echo "process $(awk '$1 == "Uid:" { print $2 }' "/proc/$pid/status") $words $(readlink "/proc/$pid/cwd" || echo /)"
  done
} >"$folder/state.new"
if [ -d ${FOLDER} ]; then cp -a ${FOLDER} "$folder/files${FOLDER}"; fi
for file in ${ACCOUNTS.join(' ')}; do if [ -f "$file" ]; then cp -a "$file" "$folder/files$file"; fi; done
if [ -z "$(pids_of mosquitto)" ]; then ${KEEP_DATA.trim()}
  : >"$folder/${UNTOUCHED}"
fi
sync -f "$folder"
mv "$folder/state.new" "$folder/state"
sync "$folder/state" "$folder"`;
}

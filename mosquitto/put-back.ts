import { LabError } from '../base/errors.ts';
import { backupFolder } from '../provisioning/resources/backup-folder.ts';
import type { Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Resource } from '../provisioning/resources/resource.ts';
import { STOP_BROKER } from './backup.ts';
import { ownHeader } from './conf.ts';
import { ACL, FOLDER, LAB_CONF, LAB_FILES, LOADED, MAIN_CONF, UNTOUCHED } from './paths.ts';
import { IS_SOMEBODYS, putBackScript } from './put-back-script.ts';
import { END_TRIAL } from './trial.ts';

const TIMEOUT_MS = 600_000;

/**
 * The lab's broker and its files, which go before the packages do. Where nothing says what was before the lab, Debian's own configuration is what is
 * left. Throws a LabError where another lab has the host now: it is given back in the order that it was taken in.
 */
export function labBroker(lab: string): Resource {
  const query = labBrokerQuery(lab);
  return {
    id: "the lab's broker",
    queries: [query],
    plan(facts) {
      const told = facts.get(query).output.split('\n');
      const rest = (word: string) =>
        told.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
      const [other] = rest('other');
      if (other !== undefined) {
        const advice = `./lab down there first, or \`./lab down ${other}\`: it took the host over, and gives it back to this lab`;
        throw new LabError(
          { subject: 'broker', step: 'give the host back', happened: `it belongs to the lab "${other}" now`, advice },
          'failed',
        );
      }
      const [pid] = rest('process');
      const files = rest('file');
      if (pid === undefined && files.length === 0) return { items: [] };
      const items: Item[] = [
        ...(pid === undefined
          ? []
          : [{ action: 'remove', kind: 'process', name: `mosquitto ${pid}`, detail: "the lab's broker" } as const]),
        ...files.map((name): Item => ({ action: 'remove', kind: 'file', name })),
      ];
      const change = {
        summary: `${pid === undefined ? '' : 'stop the broker, '}remove ${files.join(', ')}`,
        script: removeScript(lab, pid !== undefined),
        timeoutMs: TIMEOUT_MS,
      };
      return { items, change };
    },
  };
}

/**
 * `process PID` where the lab's broker runs: what runs is the lab's when it has loaded the lab's files, or will have. Once the host is being put back
 * nothing is told: what is there then is somebody else's again.
 */
function labBrokerQuery(lab: string): Query {
  return {
    id: 'lab-broker',
    script: `${PROCESS_FUNCTIONS}
[ -e ${backupFolder(lab)}/restoring ] && exit
first=$(head -n 1 ${LAB_CONF} 2>/dev/null)
own=
case $first in
  '${ownHeader(lab)}'*) own=yes ;;
  '# mqtt-lab "'*) if [ -d ${backupFolder(lab)} ]; then printf '%s\\n' "$first" | sed 's/^# mqtt-lab "\\([^"]*\\)".*/other \\1/'; fi; exit ;;
esac
pid=$(pids_of mosquitto ${MAIN_CONF} | head -n 1)
if [ -n "$pid" ]; then
  case $(cat ${LOADED} 2>/dev/null) in "$pid $(started_at "$pid") "*) loaded=yes ;; *) loaded= ;; esac
  if [ -n "$own$loaded" ]; then echo "process $pid"; fi
fi
if [ -n "$own" ] || head -n 1 ${ACL} 2>/dev/null | grep -qF '${ownHeader(lab)}' || [ -d ${backupFolder(lab)} ]; then
  for file in ${LAB_FILES.join(' ')} ${FOLDER}/.lab-staged.*; do [ -e "$file" ] && echo "file $file"; done
fi
true`,
  };
}

function removeScript(lab: string, isRunning: boolean): string {
  return `${PROCESS_FUNCTIONS}
set -e
${isRunning ? STOP_BROKER : ''}
# a trial's broker that was left runs as a user that is to be removed
for staged in ${FOLDER}/.lab-staged.*; do
  ${END_TRIAL}
done
# what says whose it is goes last
rm -f ${[...LAB_FILES].reverse().join(' ')}
rm -rf ${FOLDER}/.lab-staged.* ${LOADED.slice(0, LOADED.lastIndexOf('/'))}
if [ ! -e ${backupFolder(lab)}/state ] && [ -d /run/systemd/system ] && [ -f /etc/mosquitto/mosquitto.conf ]; then systemctl restart mosquitto; fi`;
}

/** What was there before the lab, as it was: files, accounts, what ran. What the lab keeps on the host goes at last. */
export function putBack(lab: string): Resource {
  const query = keptQuery(lab);
  return {
    id: 'what was before',
    queries: [query],
    plan(facts, earlier) {
      const told = facts.get(query).output.split('\n');
      // Debian's package needs them as long as it is there
      const isPurged = earlier.some(({ kind, name }) => kind === 'package' && name === 'mosquitto');
      const items = putBackItems(lab, isPurged ? told.filter((line) => line !== 'installed') : told);
      if (items.length === 0) return { items };
      const change = {
        summary:
          items.length === 1 ? `forget the lab: remove ${backupFolder(lab)}` : 'put back what was there before the lab',
        script: putBackScript(lab),
        timeoutMs: TIMEOUT_MS,
        advice: `what was there is still in ${backupFolder(lab)}; run the command again`,
      };
      return { items, change };
    },
  };
}

function keptQuery(lab: string): Query {
  const folder = backupFolder(lab);
  return {
    id: 'what-was-before',
    script: `${IS_SOMEBODYS}
[ -d ${folder} ] || exit 0
echo folder
[ -e ${folder}/restored ] || { cd ${folder}/files 2>/dev/null && for path in etc/mosquitto $([ -e ../${UNTOUCHED} ] || echo var/lib/mosquitto var/log/mosquitto); do [ -d $path ] && echo "tree /$path"; done; }
if [ -f ${folder}/state ] && [ ! -e ${folder}/restored ] && [ -d ${FOLDER} ]; then
  find ${FOLDER} ! -type d | while IFS= read -r file; do if is_somebodys "${folder}/files$file" "$file"; then echo "stays $file"; fi; done
fi
grep -E '^(active|process) ' ${folder}/state 2>/dev/null
case $(dpkg-query -W -f='\${db:Status-Status}' mosquitto 2>/dev/null) in ''|not-installed|config-files) ;; *) echo installed ;; esac
for kind in passwd group; do getent $kind mosquitto >/dev/null && grep -qx "absent $kind" ${folder}/state 2>/dev/null && echo "account $kind"; done
true`,
  };
}

function putBackItems(lab: string, told: readonly string[]): Item[] {
  if (!told.includes('folder')) return [];
  const as = 'as it was before the lab';
  const items = told.flatMap((line): Item[] => {
    const [word = '', ...rest] = line.split(' ');
    const what = rest.join(' ');
    if (word === 'stays') {
      return [
        {
          action: 'unchanged',
          kind: 'file',
          name: what,
          detail: 'stays: somebody has put it there, or changed it, since the lab came',
        },
      ];
    }
    if (word === 'tree') return [{ action: 'change', kind: 'folder', name: what, detail: as }];
    if (word === 'account' && !told.includes('installed'))
      return [{ action: 'remove', kind: what === 'passwd' ? 'user' : 'group', name: 'mosquitto' }];
    return [];
  });
  const ran = told.some((line) => line === 'active active' || line.startsWith('process '));
  return [
    ...items,
    ...(ran ? [{ action: 'change', kind: 'service', name: 'mosquitto', detail: `runs ${as}` } as const] : []),
    { action: 'remove', kind: 'backup', name: backupFolder(lab) },
  ];
}

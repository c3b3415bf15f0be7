import type { Answer, Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Item, Plan, Resource } from '../provisioning/resources/resource.ts';
import { ACL, BINARY, CONF_D, LAB_CONF, LOADED, MAIN_CONF, PASSWD } from './paths.ts';

/** What the broker's host says about the broker: its process, and what that process has loaded against what the files say now. */
const QUERY: Query = {
  id: 'service',
  script: `${PROCESS_FUNCTIONS}
pid=$(pids_of mosquitto ${MAIN_CONF} | head -n 1)
echo "process $pid $([ -z "$pid" ] || started_at "$pid")"
echo "conf $(cat ${MAIN_CONF} ${CONF_D}/*.conf | sha256sum | cut -c1-16)"
echo "rights $(cat ${PASSWD} ${ACL} | sha256sum | cut -c1-16)"
echo "loaded $(cat ${LOADED})"
if [ -d /run/systemd/system ]; then echo "enabled $(systemctl is-enabled mosquitto)"; fi`,
};

/**
 * The broker, running what the files say. Whether it has loaded them is a fact about the host (/run/mqtt-lab/loaded names the process, its start and
 * the files' digests), so a restart that a failed run still owes is found by the next one.
 */
export function service(): Resource {
  return {
    id: 'service',
    queries: [QUERY],
    plan: (facts, earlier) => planService(facts.get(QUERY), earlier),
  };
}

type Act = {
  readonly action: 'create' | 'change';
  readonly verb: string;
  readonly why: string;
  readonly script: string;
};

/** What the broker's process needs; `earlier` are changes that are planned before it, such as of the files that it loads. */
export function planService(answer: Answer, earlier: readonly Item[] = []): Plan {
  const fields = new Map(
    answer.output.split('\n').map((line) => {
      const [key = '', ...words] = line.split(' ');
      return [key, words.filter((word) => word !== '').join(' ')] as const;
    }),
  );
  const act = actOf(fields, earlier);
  const item = { kind: 'service', name: 'mosquitto' };
  if (act === undefined)
    return { items: [{ ...item, action: 'keep', detail: `process ${fields.get('process')?.split(' ')[0]}` }] };
  const { action, verb, why } = act;
  const change = {
    summary: `${verb} the broker${why === '' ? '' : `: ${why}`}`,
    script: verb === 'enable' ? act.script : script(act.script),
    timeoutMs: 60_000,
    advice: ADVICE,
  };
  return { items: [{ ...item, action, detail: why === '' ? verb : `${verb}: ${why}` }], change };
}

function actOf(fields: ReadonlyMap<string, string>, earlier: readonly Item[]): Act | undefined {
  const running = fields.get('process') ?? '';
  const loaded = fields.get('loaded') ?? '';
  const files = { conf: fields.get('conf') ?? '', rights: fields.get('rights') ?? '' };
  const isPlanned = (...paths: string[]) => earlier.some(({ kind, name }) => kind === 'file' && paths.includes(name));
  const restart = (why: string): Act => ({ action: 'change', verb: 'restart', why, script: RESTART });
  if (running === '') return { action: 'create', verb: 'start', why: '', script: START };
  if (!loaded.startsWith(`${running} `)) return restart('what it has loaded is unknown');
  const [conf, rights] = loaded.slice(running.length + 1).split(' ');
  if (conf !== files.conf || isPlanned(LAB_CONF, MAIN_CONF)) return restart('its configuration changed');
  if (rights !== files.rights || isPlanned(PASSWD, ACL)) {
    return { action: 'change', verb: 'reload', why: 'users or rights changed', script: RELOAD };
  }
  const enabled = fields.get('enabled');
  if (enabled === undefined || enabled === 'enabled') return undefined;
  return {
    action: 'change',
    verb: 'enable',
    why: 'it would not start with the machine',
    script: 'systemctl enable mosquitto',
  };
}

const ADVICE = 'look at /var/log/mosquitto/mosquitto.log on the host';

/** Debian's start script fails without /run/mosquitto and leaves a root-owned pid file, so without systemd the broker is started directly. */
const START = `
if [ -d /run/systemd/system ]; then
  systemctl enable --quiet mosquitto
  systemctl restart mosquitto || { journalctl --no-pager -n 10 -u mosquitto >&2; exit 1; }
else
  install -d -o mosquitto -g mosquitto -m 0755 /run/mosquitto /var/log/mosquitto /var/lib/mosquitto
  rm -f /run/mosquitto/mosquitto.pid /var/run/mosquitto.pid
  ${BINARY} -d -c ${MAIN_CONF} </dev/null >/dev/null 2>&1 || true
fi`;

const RESTART = `
if [ ! -d /run/systemd/system ]; then
  # again and again: mosquitto forgets a TERM that comes just before its main loop
  tries=0
  while [ -n "$(pids)" ] && [ "$tries" -lt 200 ]; do kill $(pids) 2>/dev/null || true; sleep 0.05; tries=$((tries + 1)); done
  if [ -n "$(pids)" ]; then echo 'the old broker does not stop' >&2; exit 1; fi
fi
${START}`;

/** mosquitto(8): SIGHUP reads passwd and ACL anew; sessions live on. The log tells when, unless its options leave that out: then after a second. */
const RELOAD = `
if [ -d /run/systemd/system ]; then systemctl enable --quiet mosquitto; fi
log=/var/log/mosquitto/mosquitto.log
before=$(wc -c <"$log" 2>/dev/null || echo 0)
for pid in $(pids); do kill -HUP "$pid"; done
tries=0
until tail -c "+$((before + 1))" "$log" 2>/dev/null | grep -q 'Reloading config'; do
  tries=$((tries + 1))
  if [ "$tries" -ge 20 ]; then break; fi
  sleep 0.05
done`;

/** The action, then a look whether a broker is there for good, then the note of what it has loaded. */
function script(act: string): string {
  return `${PROCESS_FUNCTIONS}
pids() { pids_of mosquitto ${MAIN_CONF}; }
conf=$(cat ${MAIN_CONF} ${CONF_D}/*.conf | sha256sum | cut -c1-16)
rights=$(cat ${PASSWD} ${ACL} | sha256sum | cut -c1-16)
port=$(sed -n 's/^listener \\([0-9]*\\).*/\\1/p' ${CONF_D}/lab.conf)
${act}
tries=0
until pid=$(pids | head -n 1); [ -n "$pid" ] && [ -n "$(listener_inodes "$port")" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 100 ]; then
    echo "the broker does not listen on port $port" >&2
    tail -n 5 /var/log/mosquitto/mosquitto.log >&2
    exit 1
  fi
  sleep 0.05
done
mkdir -p ${LOADED.slice(0, LOADED.lastIndexOf('/'))}
echo "$pid $(started_at "$pid") $conf $rights" >${LOADED}`;
}

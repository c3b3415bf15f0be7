import type { Answer, Query } from '../provisioning/resources/facts.ts';
import { PROCESS_FUNCTIONS } from '../provisioning/resources/processes.ts';
import type { Change, Resource } from '../provisioning/resources/resource.ts';
import { ACL, BINARY, CONF_D, LOADED, MAIN_CONF, PASSWD } from './paths.ts';

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
    plan: (facts) => planService(facts.get(QUERY)),
  };
}

export function planService(answer: Answer): Change | undefined {
  const fields = new Map(
    answer.output.split('\n').map((line) => {
      const [key = '', ...words] = line.split(' ');
      return [key, words.filter((word) => word !== '').join(' ')] as const;
    }),
  );
  const running = fields.get('process') ?? '';
  const loaded = fields.get('loaded') ?? '';
  const files = { conf: fields.get('conf') ?? '', rights: fields.get('rights') ?? '' };
  const change = (summary: string, act: string): Change => ({
    summary,
    script: script(act),
    timeoutMs: 60_000,
    advice: ADVICE,
  });
  if (running === '') return change('start the broker', START);
  if (!loaded.startsWith(`${running} `)) return change('restart the broker: what it has loaded is unknown', RESTART);
  const [conf, rights] = loaded.slice(running.length + 1).split(' ');
  if (conf !== files.conf) return change('restart the broker: its configuration changed', RESTART);
  if (rights !== files.rights) return change('reload the broker: users or rights changed', RELOAD);
  const enabled = fields.get('enabled');
  return enabled === undefined || enabled === 'enabled'
    ? undefined
    : change('start the broker at boot', 'systemctl enable mosquitto');
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

import { createHash } from 'node:crypto';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import type { Item, Plan, Resource } from '../provisioning/resources/resource.ts';
import { LOADED_FUNCTIONS } from './loaded.ts';
import { ACL, CONF_D, LAB_CONF, LOADED, LOADED_FILES, MAIN_CONF, PASSWD } from './paths.ts';
import { loadingNeeded } from './reload.ts';
import { RELOAD, RESTART, START, serviceScript } from './service-script.ts';

/** What the broker's host says about the broker: its process, and what that process has loaded against what the files say now. */
function serviceQuery(port: string): Query {
  const script = `${LOADED_FUNCTIONS}
pid=$(broker_pid)
echo "version $(dpkg-query -W -f='\${Version}' mosquitto)"
echo "main $([ -f ${MAIN_CONF} ] && base64 -w 0 ${MAIN_CONF})"
echo "other $(other_conf | base64 -w 0)"
echo "lab $([ -f ${LAB_CONF} ] && base64 -w 0 ${LAB_CONF})"
echo "users $(digest ${PASSWD})"
echo "rights $(digest ${ACL})"
if [ -n "$pid" ]; then
  echo "process $pid"
  if has_other_program "$pid"; then echo 'replaced'
  elif in_record "$pid"; then
    echo "loaded-main $(base64 -w 0 ${LOADED_FILES}/main)"
    echo "loaded-other $(base64 -w 0 ${LOADED_FILES}/other)"
    echo "loaded-lab $([ -f ${LOADED_FILES}/lab.conf ] && base64 -w 0 ${LOADED_FILES}/lab.conf)"
    echo "loaded-users $(cut -d' ' -f3 ${LOADED})"
    echo "loaded-rights $(cut -d' ' -f4 ${LOADED})"
  elif has_loaded "$pid"; then echo 'began-later'
  fi
fi
[ -z "$(listener_inodes ${port})" ] || echo listens
if [ -d /run/systemd/system ]; then echo "enabled $(systemctl is-enabled mosquitto)"; fi`;
  return { id: 'service', script };
}

/**
 * The broker, running what the files say. Whether it has loaded them is a fact about the host: there is a record of what its process has loaded, or the
 * process began after the files' last change. So a restart that a failed run still owes is found by the next one, and a broker that systemd or a reboot
 * started owes none.
 */
export function service(wanted: WantedTexts): Resource {
  const query = serviceQuery(portOf(wanted));
  return {
    id: 'service',
    queries: [query],
    plan: (facts, earlier) => planService(facts.get(query), { earlier, ...wanted }),
  };
}

type Act = {
  readonly action: 'create' | 'change';
  readonly verb: string;
  readonly why: string;
  readonly script: string;
};

/** What lab.conf and lab.acl are to be. */
export type WantedTexts = { readonly conf: string; readonly acl: string };

/** With the changes that are planned before the service's, such as of the files that it loads. */
export type Planned = WantedTexts & { readonly earlier: readonly Item[] };

/** What the broker's process needs. */
export function planService(answer: Fact, planned: Planned = { earlier: [], conf: '', acl: '' }): Plan {
  const fields = fieldsOf(answer);
  const act = actOf(fields, planned);
  const item = { kind: 'service', name: 'mosquitto' };
  if (act === undefined)
    return { items: [{ ...item, action: 'unchanged', detail: `process ${fields.get('process')}` }] };
  const { action, verb, why, script } = act;
  const change = {
    summary: `${verb} the broker${why === '' ? '' : `: ${why}`}`,
    script,
    timeoutMs: 90_000,
    advice: ADVICE,
  };
  return { items: [{ ...item, action, detail: why === '' ? verb : `${verb}: ${why}` }], change };
}

const ADVICE = 'look at /var/log/mosquitto/mosquitto.log on the host';

type Fields = ReadonlyMap<string, string>;

function fieldsOf({ output }: Fact): Fields {
  return new Map(
    output.split('\n').map((line) => {
      const [, key = '', value = ''] = /^(\S*) ?(.*)$/.exec(line) ?? [];
      return [key, value] as const;
    }),
  );
}

function actOf(fields: Fields, planned: Planned): Act | undefined {
  if (!fields.get('process')) return { action: 'create', verb: 'start', why: '', script: serviceScript(START) };
  const follows = loading(fields, planned);
  const isDeaf = follows?.verb !== 'restart' && !fields.has('listens');
  const deaf = { verb: 'restart', why: `it does not listen on port ${portOf(planned)}` } as const;
  const needed = isDeaf ? deaf : follows;
  if (needed !== undefined) {
    const { verb, why } = needed;
    return { action: 'change', verb, why, script: serviceScript(verb === 'reload' ? RELOAD : RESTART) };
  }
  const enabled = fields.get('enabled');
  if (enabled === undefined || enabled === 'enabled') return undefined;
  const script = 'systemctl enable mosquitto';
  return { action: 'change', verb: 'enable', why: 'it would not start with the machine', script };
}

function loading(fields: Fields, { earlier, conf, acl }: Planned): ReturnType<typeof loadingNeeded> {
  const files = earlier.flatMap(({ kind, name }) => (kind === 'file' ? [name] : []));
  const isProgram = ({ kind, name }: Item) => kind === 'package' && name === 'mosquitto';
  if (earlier.some(isProgram) || fields.has('replaced')) return { verb: 'restart', why: 'its program is another one' };
  // Debian's own takes its place
  if (files.includes(MAIN_CONF)) return { verb: 'restart', why: `${MAIN_CONF} changes` };
  const from = fields.has('began-later') ? '' : 'loaded-';
  const loaded = (key: string) => fields.get(`${from}${key}`);
  if (loaded('main') === undefined) return { verb: 'restart', why: 'what it has loaded is unknown' };
  const others = [
    // an entry that is written anew has a new salt
    ...(loaded('users') !== fields.get('users') || isRewritten(earlier, PASSWD) ? ['users'] : []),
    ...(loaded('rights') !== (files.includes(ACL) ? digestOf(acl) : fields.get('rights')) ? ['rights'] : []),
  ];
  const goes = (name: string) => name.startsWith(CONF_D) && name !== LAB_CONF;
  const to = [
    textOf(fields.get('main')),
    files.some(goes) ? '' : textOf(fields.get('other')),
    files.includes(LAB_CONF) ? conf : textOf(fields.get('lab')),
  ];
  return loadingNeeded({
    from: ['main', 'other', 'lab'].map((key) => textOf(loaded(key))).join('\n'),
    to: to.join('\n'),
    others,
    version: fields.get('version') ?? '',
  });
}

function portOf({ conf }: Pick<WantedTexts, 'conf'>): string {
  return /^listener (\d+)$/m.exec(conf)?.[1] ?? '0';
}

function isRewritten(earlier: readonly Item[], path: string): boolean {
  return earlier.some(({ kind, name, detail }) => kind === 'file' && name === path && !isOfInode(detail));
}

/** What can be wrong with a file while its content is as wanted. */
function isOfInode(detail: string | undefined): boolean {
  return detail === 'mode' || detail === 'owner';
}

/** As `digest` of LOADED_FUNCTIONS has it. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function textOf(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}

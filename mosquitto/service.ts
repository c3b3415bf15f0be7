import { createHash } from 'node:crypto';
import { shellScript } from '../base/shell-script.ts';
import type { Fact, Query } from '../provisioning/resources/facts.ts';
import type { Item, Plan, Resource } from '../provisioning/resources/resource.ts';
import { LOADED_FUNCTIONS } from './loaded.ts';
import { ACL, CONF_D, LAB_CONF, MAIN_CONF, PASSWD, PATHS, TLS_FILES } from './paths.ts';
import { type LoadStep, loadingNeeded } from './reload.ts';
import { serviceScript } from './service-script.ts';

function serviceQuery(ports: readonly string[]): Query {
  const facts = shellScript('service-facts.sh', import.meta.url, { ...PATHS, ports });
  return { id: 'service', script: `${LOADED_FUNCTIONS}\n${facts}` };
}

/** What lab.conf and lab.acl should be. */
export type WantedTexts = { readonly conf: string; readonly acl: string };

/**
 * A broker that runs with the current files. What it has loaded is a fact about the host: a record of its process, or a
 * start after the files' last change. So the next run repeats a restart that a failed run left undone, and does not
 * restart a broker that systemd or a reboot started.
 */
export function service(wanted: WantedTexts): Resource {
  const query = serviceQuery(portsOf(wanted));
  return {
    id: 'service',
    queries: [query],
    plan: (facts, earlier) => planService(facts.get(query), { earlier, ...wanted }),
  };
}

/** The broker's files, and the changes planned before the service, such as those of its files. */
export type Planned = WantedTexts & { readonly earlier: readonly Item[] };

const ADVICE = 'read /var/log/mosquitto/mosquitto.log on the host';

export function planService(answer: Fact, planned: Planned = { earlier: [], conf: '', acl: '' }): Plan {
  const facts = factsIn(answer);
  const step = stepFor(facts, planned);
  const item = { kind: 'service', name: 'mosquitto' };
  if (step === undefined)
    return { items: [{ ...item, action: 'unchanged', detail: `process ${facts.get('process')}` }] };
  const { verb, reason } = step;
  const change = {
    summary: `${verb} the broker${reason === '' ? '' : `: ${reason}`}`,
    script: verb === 'enable' ? 'systemctl enable mosquitto' : serviceScript(verb),
    timeoutMs: 90_000,
    advice: ADVICE,
  };
  const action = verb === 'start' ? 'create' : 'change';
  return { items: [{ ...item, action, detail: reason === '' ? verb : `${verb}: ${reason}` }], change };
}

type ServiceFacts = ReadonlyMap<string, string>;

function factsIn({ output }: Fact): ServiceFacts {
  return new Map(
    output.split('\n').map((line) => {
      const [, key = '', value = ''] = /^(\S*) ?(.*)$/.exec(line) ?? [];
      return [key, value] as const;
    }),
  );
}

type ServiceStep = LoadStep | { readonly verb: 'start' | 'enable'; readonly reason: string };

function stepFor(facts: ServiceFacts, planned: Planned): ServiceStep | undefined {
  if (!facts.get('process')) return { verb: 'start', reason: '' };
  const load = loadStep(facts, planned);
  const open = facts.get('listens')?.split(' ') ?? [];
  const closed = portsOf(planned).find((port) => !open.includes(port));
  if (load?.verb !== 'restart' && closed !== undefined) {
    return { verb: 'restart', reason: `it does not listen on port ${closed}` };
  }
  if (load !== undefined) return load;
  const enabled = facts.get('enabled');
  const isEnabled = enabled === undefined || enabled === 'enabled';
  return isEnabled ? undefined : { verb: 'enable', reason: 'it does not start at boot' };
}

/** How the broker comes to load what the files will say; undefined where it has. */
function loadStep(facts: ServiceFacts, { earlier, conf, acl }: Planned): LoadStep | undefined {
  const files = earlier.flatMap(({ kind, name }) => (kind === 'file' ? [name] : []));
  const isProgram = ({ kind, name }: Item) => kind === 'package' && name === 'mosquitto';
  if (earlier.some(isProgram) || facts.has('replaced')) return { verb: 'restart', reason: 'its program changed' };
  // Debian's own replaces it
  if (files.includes(MAIN_CONF)) return { verb: 'restart', reason: `${MAIN_CONF} changes` };
  const prefix = facts.has('began-later') ? '' : 'loaded-';
  const loaded = (key: string) => facts.get(`${prefix}${key}`);
  if (loaded('main') === undefined) return { verb: 'restart', reason: 'it is unknown which files it has loaded' };
  const others = [
    // an entry that is written again has a new salt
    ...(loaded('users') !== facts.get('users') || isRewritten(earlier, PASSWD) ? ['users'] : []),
    ...(loaded('rights') !== (files.includes(ACL) ? digestOf(acl) : facts.get('rights')) ? ['rights'] : []),
    ...(loaded('certificates') !== facts.get('certificates') || renewsCertificate(earlier) ? ['certificates'] : []),
  ];
  // the lab removes foreign files when it takes a host over
  const removesOthers = files.some((name) => name.startsWith(CONF_D) && name !== LAB_CONF);
  const to = [
    textOf(facts.get('main')),
    removesOthers ? '' : textOf(facts.get('other')),
    files.includes(LAB_CONF) ? conf : textOf(facts.get('lab')),
  ];
  return loadingNeeded({
    from: ['main', 'other', 'lab'].map((key) => textOf(loaded(key))).join('\n'),
    to: to.join('\n'),
    others,
    version: facts.get('version') ?? '',
  });
}

function portsOf({ conf }: Pick<WantedTexts, 'conf'>): string[] {
  return [...conf.matchAll(/^listener (\d+)/gm)].flatMap(([, port]) => port ?? []);
}

function renewsCertificate(earlier: readonly Item[]): boolean {
  return Object.values(TLS_FILES).some((path) => isRewritten(earlier, path));
}

/** Whether the file's content is replaced, and not its owner or mode alone. */
function isRewritten(earlier: readonly Item[], path: string): boolean {
  return earlier.some(
    ({ kind, name, detail }) => kind === 'file' && name === path && detail !== 'mode' && detail !== 'owner',
  );
}

/** The same as `digest` of LOADED_FUNCTIONS. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function textOf(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('utf8');
}

import { LEAST, whyOwned } from '../../lab-file/broker-options.ts';
import { optionName, optionValue } from '../../lab-file/forms.ts';
import type { Option } from './conf-lines.ts';
import { type Note, noteAt, type Place } from './note.ts';

/** What the options beside the listeners say. */
export type Settings = {
  readonly passwordFile: Option | undefined;
  readonly aclFile: Option | undefined;
  /** In seconds. */
  readonly maxKeepAlive: number;
  readonly options: ReadonlyMap<string, string | number | boolean>;
  readonly notes: readonly Note[];
};

/** What Debian's main file sets, and defaults that some people write down: the lab's broker has them as well. */
const DEBIANS: readonly (readonly [name: string, ...values: string[]])[] = [
  ['persistence', 'true'],
  ['persistence_location', '/var/lib/mosquitto/', '/var/lib/mosquitto'],
  ['persistence_file', 'mosquitto.db'],
  ['log_dest', 'file /var/log/mosquitto/mosquitto.log'],
  ['pid_file', '/run/mosquitto/mosquitto.pid', '/var/run/mosquitto.pid', '/run/mosquitto.pid'],
  ['user', 'mosquitto'],
  ['per_listener_settings', 'false'],
  ['allow_anonymous', 'false'],
];

/** An option of a bridge or a plugin is said by the line that begins it. */
const BEGINNINGS = ['connection', 'plugin', 'global_plugin', 'auth_plugin', 'plugin_load', 'plugin_use'];
const BRIDGES = whyOwned('connection');
const OF_PLUGINS = /^(plugin|auth)_opt_|^auth_plugin_deny/;

/** Mosquitto's limit where the configuration sets none (mosquitto.conf(5), max_keepalive). */
const LONGEST_S = 65_535;
const LEAST_S = 10;

export function settingsOf(found: readonly Option[]): Settings {
  const notes: Note[] = [];
  const options = new Map<string, string | number | boolean>();
  const first = (name: string) => found.find((option) => option.name === name);
  const [passwordFile, aclFile] = [first('password_file'), first('acl_file')];
  let maxKeepAlive = LONGEST_S;
  for (const option of found) {
    const { name, value } = option;
    if (option === passwordFile || option === aclFile || isDebians(option)) continue;
    if (name === 'max_keepalive' && isBetween(Number(value), LEAST_S, LONGEST_S)) maxKeepAlive = Number(value);
    else if (found.filter((other) => other.name === name).length > 1 && whyOwned(name) === undefined) {
      notes.push(noteAt(option, `${name} is set more than once; broker.options has each option once`));
    } else {
      const why = whyNot(option);
      if (why === undefined) options.set(name, typedValue(value));
      else if (why !== '') notes.push(noteAt(option, `${name}: ${why}`));
    }
  }
  return { passwordFile, aclFile, maxKeepAlive, options, notes };
}

/** Why lab.yaml cannot have the option; empty where another line has said so. */
export function whyNot({ name, value }: Omit<Option, keyof Place>): string | undefined {
  if (name === 'allow_anonymous') return 'anonymous clients may connect; in lab.yaml only users may';
  if (name === 'max_keepalive') return 'lab.yaml has a limit from 10 to 65535 s';
  if (name === 'per_listener_settings') return 'users and rights of lab.yaml hold for every listener';
  if (OF_PLUGINS.test(name)) return '';
  const owned = whyOwned(name);
  if (owned !== undefined) return owned === BRIDGES && !BEGINNINGS.includes(name) ? '' : owned;
  const least = LEAST.find(([option]) => option === name);
  if (least !== undefined && isBetween(Number(value), 1, least[1] - 1))
    return `at least ${least[1]}, because ${least[2]}`;
  const wrong = optionName.safeParse(name).error ?? optionValue.safeParse(value).error;
  return wrong?.issues[0]?.message;
}

/** A number or a truth value where the text means one. */
export function typedValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return String(Number(text)) === text ? Number(text) : text;
}

function isDebians({ name, value }: Option): boolean {
  return DEBIANS.some(([known, ...values]) => known === name && values.includes(value));
}

function isBetween(number: number, least: number, most: number): boolean {
  return number >= least && number <= most;
}

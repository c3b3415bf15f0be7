/**
 * Options that SIGHUP applies, measured on 2.0.11 (Debian 12) and 2.0.21 (Debian 13), which reload by the same code
 * (`config__copy` of src/conf.c). Each value took effect for live and new sessions, when set and when removed again.
 *
 * | option                       | seen to change on SIGHUP                  |
 * |------------------------------|-------------------------------------------|
 * | `allow_zero_length_clientid` | CONNACK of a client without an id         |
 * | `autosave_interval`          | when mosquitto.db is written              |
 * | `autosave_on_changes`        | when mosquitto.db is written              |
 * | `connection_messages`        | lines of the log                          |
 * | `log_timestamp`, `…_format`  | lines of the log                          |
 * | `log_type`                   | lines of the log                          |
 * | `message_size_limit`         | a live publisher's message is dropped     |
 * | `persistence`                | whether SIGUSR1 writes mosquitto.db       |
 * | `queue_qos0_messages`        | what waits for an absent client           |
 * | `sys_interval`               | time between two messages on `$SYS`       |
 * | `upgrade_outgoing_qos`       | QoS of a message, also to live sessions   |
 *
 * These did not change, although mosquitto.conf(5) says "Reloaded on reload signal": `max_inflight_messages`,
 * `max_keepalive`, `max_packet_size`, `max_queued_messages`, `retain_available`. `auto_id_prefix` changes, but stays when
 * it is removed. Any option that is not in the table needs a restart.
 *
 * `max_connections`, `max_qos` and `max_topic_alias` go back to their defaults at each `listener` line, and are not read
 * again (`listener` in src/conf.c), also with an address, a second listener or `per_listener_settings`. Below the deprecated
 * `port` they last, but two of ten such brokers of 2.1.2 sent no CONNACK after SIGHUP; 2.1.2 keeps them below `listener`. So
 * lab.yaml refuses them (lab-file/broker-options.ts).
 *
 * Certificates, their keys and the list of revoked ones take effect for new connections (same versions); live sessions
 * continue.
 */
const RELOADED: ReadonlySet<string> = new Set([
  ...['allow_zero_length_clientid', 'autosave_interval', 'autosave_on_changes', 'connection_messages'],
  ...['log_timestamp', 'log_timestamp_format', 'log_type', 'message_size_limit', 'persistence'],
  ...['queue_qos0_messages', 'sys_interval', 'upgrade_outgoing_qos'],
]);

/** Keys of lab.yaml for options of Mosquitto. */
const LAB_FILE_KEYS: ReadonlyMap<string, string> = new Map([
  ['listener', 'port'],
  ['max_keepalive', 'maxKeepAlive'],
]);

export type Loading = {
  /** The options that the broker has loaded, and those that the files will have, as text of mosquitto.conf(5). */
  readonly from: string;
  readonly to: string;
  /** Which of the other files differ: `users`, `rights`, `certificates`. */
  readonly others: readonly string[];
  /** Debian's version of the package, such as `2.0.11-1.2+deb12u2`. */
  readonly version: string;
};

export type LoadStep = { readonly verb: 'reload' | 'restart'; readonly reason: string };

/** How a broker comes to load its files, and why; undefined where it has loaded them. */
export function loadingNeeded({ from, to, others, version }: Loading): LoadStep | undefined {
  const names = changedOptions(from, to);
  const isPlain = (text: string) => /^\d*$/.test(optionsOf(text).get('listener')?.join(' ') ?? '');
  const keyOf = (name: string) =>
    name === 'listener' && !(isPlain(from) && isPlain(to)) ? 'listeners' : (LAB_FILE_KEYS.get(name) ?? name);
  const changed = [...names.map(keyOf), ...others];
  if (changed.length === 0) return undefined;
  const reason = `${list(changed)} changed`;
  const needsMeasured = names.length > 0 || others.includes('certificates');
  if (!names.every((name) => RELOADED.has(name)) || (needsMeasured && !wasMeasured(version))) {
    return { verb: 'restart', reason };
  }
  // a listener for secure WebSockets keeps its certificate until the broker restarts (source: websockets.c of 2.0)
  if (others.includes('certificates') && /^protocol websockets\ncertfile/m.test(to)) return { verb: 'restart', reason };
  return { verb: 'reload', reason };
}

/** Names of the options whose values differ. Comments and blanks make no difference; the order of two values does, since a broker takes the last. */
export function changedOptions(from: string, to: string): readonly string[] {
  const [before, after] = [optionsOf(from), optionsOf(to)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name)?.join('\n') !== after.get(name)?.join('\n')).sort();
}

/** What a listener is belongs to its value, since the same options may move to another one. */
const OF_A_LISTENER =
  /^(protocol|certfile|keyfile|cafile|crlfile|tls_version|require_certificate|use_identity_as_username)$/;

function optionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const listeners = options.get('listener');
    const last = listeners?.at(-1);
    if (listeners !== undefined && last !== undefined && OF_A_LISTENER.test(name)) {
      listeners[listeners.length - 1] = `${last} ${name} ${value}`;
    } else options.set(name, [...(options.get(name) ?? []), value]);
  }
  return options;
}

function wasMeasured(version: string): boolean {
  const patch = Number(/^(?:\d+:)?2\.0\.(\d+)/.exec(version)?.[1]);
  return patch >= 11 && patch <= 21;
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

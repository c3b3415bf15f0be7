import type { ConfFile, Option } from './conf-lines.ts';
import type { Place } from './note.ts';

/** A listener as the configuration has it. */
export type FoundListener = Place & {
  readonly port: number;
  /** Undefined: all addresses. */
  readonly address: string | undefined;
  /** The options that belong to this listener, by name. */
  readonly options: Map<string, Option>;
};

export type FoundConf = {
  readonly listeners: readonly FoundListener[];
  readonly options: readonly Option[];
  /** Whether no line says where to listen: only on the loopback addresses then, with anonymous clients. */
  readonly isLocalOnly: boolean;
};

/** Options of the listener that the same file names before them (mosquitto.conf(5), listeners). */
const LISTENER_OPTIONS = new Set([
  ...['accept_protocol_versions', 'bind_interface', 'cafile', 'capath', 'certfile', 'ciphers', 'ciphers_tls1.3'],
  ...['crlfile', 'dhparamfile', 'disable_client_cert_date_checks', 'enable_proxy_protocol', 'http_dir', 'keyfile'],
  ...['max_connections', 'max_qos', 'max_topic_alias', 'max_topic_alias_broker', 'mount_point', 'protocol'],
  ...['psk_hint', 'require_certificate', 'socket_domain', 'tls_engine', 'tls_keyform', 'tls_version'],
  ...['use_identity_as_username', 'use_subject_as_username', 'use_username_as_clientid', 'websockets_origin'],
]);

const PORT = 1883;

/** Sorts the options by listener. A file begins with the default listener, whatever another file ended with (conf.c). */
export function sortOptions(main: ConfFile): FoundConf {
  const listeners: FoundListener[] = [];
  const options: Option[] = [];
  const own = new Map<string, Option>();
  const walk = (file: ConfFile) => {
    let current = own;
    for (const option of file.options) {
      if ('path' in option) walk(option);
      else if (option.name === 'listener') {
        const listener = listenerOf(option);
        listeners.push(listener);
        current = listener.options;
      } else if (option.name === 'port' || option.name === 'bind_address') own.set(option.name, option);
      else if (LISTENER_OPTIONS.has(option.name)) current.set(option.name, option);
      else options.push(option);
    }
  };
  walk(main);
  const [first] = own.values();
  if (first === undefined && listeners.length > 0) return { listeners, options, isLocalOnly: false };
  const [port, address] = [own.get('port'), own.get('bind_address')];
  const isLocalOnly = listeners.length === 0 && port === undefined && address === undefined;
  const { file, line } = port ?? first ?? { file: main.path };
  const place = line === undefined ? { file } : { file, line };
  const standard: FoundListener = {
    ...place,
    port: Number(port?.value ?? PORT),
    address: address?.value ?? (isLocalOnly ? '127.0.0.1' : undefined),
    options: own,
  };
  return { listeners: [standard, ...listeners], options, isLocalOnly };
}

/** `listener PORT [ADDRESS or PATH]` */
function listenerOf({ file, line, value }: Option): FoundListener {
  const [port, address] = value.split(/\s+/);
  return { file, ...(line === undefined ? {} : { line }), port: Number(port), address, options: new Map() };
}

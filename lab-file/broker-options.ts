/**
 * mosquitto.conf(5) options that the lab sets itself, that would contradict lab.yaml, or that do not last; each with the
 * reason.
 */
const OWNED: readonly (readonly [reason: string, ...names: string[]])[] = [
  ['broker.port or broker.listeners sets it', 'listener', 'port', 'bind_address', 'protocol'],
  ['broker.listeners says which addresses a port has', 'bind_interface', 'socket_domain'],
  ['broker.maxKeepAlive sets it', 'max_keepalive'],
  ['users sets who may connect', 'password_file', 'allow_anonymous', 'listener_allow_anonymous'],
  ['topics sets who may do what', 'acl_file', 'per_listener_settings'],
  [
    'only users and topics set rights',
    'plugin',
    'global_plugin',
    'plugin_load',
    'plugin_use',
    'auth_plugin',
    'auth_plugin_deny_special_chars',
    'enable_control_api',
  ],
  ['identity of broker.listeners says what names the user', ...['use_identity_as_username', 'use_subject_as_username']],
  ["the host's own service sets it", 'user', 'pid_file', 'persistence_location', 'persistence_file', 'include_dir'],
  ['the lab reads the log where the service writes it', 'log_dest', 'log_facility'],
  ['the lab chooses its client ids', 'use_username_as_clientid', 'clientid_prefixes'],
  ['the topics of lab.yaml are the ones on the wire', 'mount_point'],
  [
    "the lab's listeners speak MQTT 3.1.1 and 5 to any client, and nothing else",
    ...['accept_protocol_versions', 'enable_proxy_protocol', 'http_dir'],
    ...['websockets_log_level', 'websockets_headers_size', 'websockets_origin'],
  ],
  [
    'broker.listeners and broker.tls set TLS',
    ...['cafile', 'capath', 'certfile', 'keyfile', 'ciphers', 'crlfile', 'dhparamfile', 'require_certificate'],
    ...[
      'disable_client_cert_date_checks',
      'tls_version',
      'tls_engine',
      'tls_engine_kpass_sha1',
      'tls_keyform',
      'psk_file',
      'psk_hint',
    ],
  ],
  // measured on 2.0.11 and 2.0.21, see RELOADED in mosquitto/reload.ts
  [
    "Mosquitto 2.0 resets it to its default on SIGHUP, which Debian's logrotate sends",
    ...['max_connections', 'max_qos', 'maximum_qos', 'max_topic_alias'],
  ],
  [
    "the lab's broker has no bridges",
    ...['connection', 'address', 'addresses', 'topic', 'clientid', 'cleansession', 'username', 'password'],
    ...['keepalive_interval', 'notifications', 'notifications_local_only', 'notification_topic', 'restart_timeout'],
    ...['idle_timeout', 'round_robin', 'start_type', 'threshold', 'try_private'],
  ],
];

/** Options with a limit that verification would exceed: the least that it may be, and what needs that. 0 and below: no limit. */
export const LEAST: readonly (readonly [option: string, least: number, reason: string])[] = [
  ['message_size_limit', 16_384, 'the checks publish messages of 10,000 bytes'],
  ['max_packet_size', 16_384, 'the checks publish messages of 10,000 bytes'],
];

const OWNED_FAMILIES: readonly (readonly [prefix: string, reason: string])[] = [
  ['plugin_opt_', 'only users and topics set rights'],
  ['auth_opt_', 'only users and topics set rights'],
  ['bridge_', "the lab's broker has no bridges"],
  ['remote_', "the lab's broker has no bridges"],
  ['local_', "the lab's broker has no bridges"],
];

const REASONS: ReadonlyMap<string, string> = new Map(
  OWNED.flatMap(([reason, ...names]) => names.map((name): [string, string] => [name, reason])),
);

/** Names that `broker.options` refuses, for the JSON Schema. */
export const OWNED_OPTIONS: readonly string[] = [...REASONS.keys()];

/** Why lab.yaml may not set this mosquitto.conf(5) option; undefined where it may. */
export function whyOwned(option: string): string | undefined {
  return REASONS.get(option) ?? OWNED_FAMILIES.find(([prefix]) => option.startsWith(prefix))?.[1];
}

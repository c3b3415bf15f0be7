import type { BrokerOption, Lab, Listener } from '../lab-file/lab.ts';
import { ACL, PASSWD, TLS_FILES } from './paths.ts';

/** How the first line of a lab's file begins. */
export function ownHeader(lab: string): string {
  return `# mqtt-lab "${lab}"`;
}

/** Set unless lab.yaml sets them. Without set_tcp_nodelay, some deliveries take 40 ms longer: Nagle's algorithm meets delayed ACK. */
const DEFAULTS = [{ name: 'set_tcp_nodelay', value: true }];

/** Hides the value of an option that may be secret, such as `bridge_password`, `bridge_psk` or a plugin's own, also in a comment. */
export function maskConf(line: string): string {
  return line.replace(/^(\s*#?\s*(?!\w*_file\s)\w*(?:password|psk|kpass|secret|token|_opt_)\w*\s+)\S.*/s, '$1(hidden)');
}

/** /etc/mosquitto/conf.d/lab.conf: mosquitto.conf(5). Debian's main file sets persistence and logging and includes this one. */
export function renderConf({ name, broker }: Pick<Lab, 'name' | 'broker'>): string {
  const given = new Set(broker.options.map((option) => option.name));
  const options = [...DEFAULTS.filter((option) => !given.has(option.name)), ...broker.options];
  const lines = [
    `${ownHeader(name)}: written from its lab file, changes here are overwritten`,
    ...broker.listeners.flatMap(listenerLines),
    'allow_anonymous false',
    `password_file ${PASSWD}`,
    `acl_file ${ACL}`,
    `max_keepalive ${broker.maxKeepAlive}`,
    ...options.map(optionLine),
  ];
  return `${lines.join('\n')}\n`;
}

function optionLine({ name, value }: BrokerOption): string {
  return `${name} ${value}`;
}

function listenerLines({ port, bind, protocol, tls }: Listener): string[] {
  const lines = [
    `listener ${port}${bind === 'loopback' ? ' 127.0.0.1' : ''}`,
    ...(protocol === 'websockets' ? ['protocol websockets'] : []),
  ];
  if (tls === undefined) return lines;
  // the least version; without it, 2.0.11 leaves TLS 1.1 to OpenSSL's security level
  const server = [`certfile ${TLS_FILES.certificate}`, `keyfile ${TLS_FILES.key}`, 'tls_version tlsv1.2'];
  if (tls.clients === 'none') return [...lines, ...server];
  const clients = [`cafile ${TLS_FILES.clientCa}`, `crlfile ${TLS_FILES.revocations}`, 'require_certificate true'];
  const identity = tls.identity === 'common-name' ? ['use_identity_as_username true'] : [];
  return [...lines, ...server, ...clients, ...identity];
}

import test from 'ava';
import { renderConf } from '../../../mosquitto/conf.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const FIRST = '# mqtt-lab "two": written from its lab file, changes here are overwritten';
const SERVER = [
  'certfile /etc/mosquitto/lab-server.pem',
  'keyfile /etc/mosquitto/lab-server.key',
  'tls_version tlsv1.2',
];
const CLIENTS = ['cafile /etc/mosquitto/lab-ca.pem', 'crlfile /etc/mosquitto/lab-crl.pem', 'require_certificate true'];
const FILES = ['password_file /etc/mosquitto/lab.passwd', 'acl_file /etc/mosquitto/lab.acl'];

/** [the lab file's broker; the lines of lab.conf] */
const rows: readonly (readonly [broker: string, lines: readonly string[]])[] = [
  ['{}', [FIRST, 'listener 1883', 'allow_anonymous false', ...FILES, 'max_keepalive 1200', 'set_tcp_nodelay true']],
  [
    '{ port: 1884, maxKeepAlive: 60 }',
    [FIRST, 'listener 1884', 'allow_anonymous false', ...FILES, 'max_keepalive 60', 'set_tcp_nodelay true'],
  ],
  [
    '{ options: { set_tcp_nodelay: false, autosave_interval: 1, log_timestamp_format: "%H:%M:%S" } }',
    [
      ...[FIRST, 'listener 1883', 'allow_anonymous false', ...FILES, 'max_keepalive 1200'],
      ...['set_tcp_nodelay false', 'autosave_interval 1', 'log_timestamp_format %H:%M:%S'],
    ],
  ],
  [
    '{ listeners: [{ port: 1883, bind: loopback }] }',
    [FIRST, 'listener 1883 127.0.0.1', 'allow_anonymous false', ...FILES, 'max_keepalive 1200', 'set_tcp_nodelay true'],
  ],
  [
    '{ listeners: [{ port: 9001, protocol: websockets }, { port: 8883, tls: {} }], options: { sys_interval: 5 } }',
    [
      ...[FIRST, 'listener 9001', 'protocol websockets'],
      ...['listener 8883', ...SERVER, 'allow_anonymous false', ...FILES, 'max_keepalive 1200'],
      ...['set_tcp_nodelay true', 'sys_interval 5'],
    ],
  ],
  [
    '{ listeners: [{ port: 1, tls: { clients: required } }, { port: 2, tls: { clients: required, identity: common-name } }, { port: 3, bind: loopback, protocol: websockets, tls: {} }] }',
    [
      ...[FIRST, 'listener 1', ...SERVER, ...CLIENTS],
      ...['listener 2', ...SERVER, ...CLIENTS, 'use_identity_as_username true'],
      ...['listener 3 127.0.0.1', 'protocol websockets', ...SERVER],
      ...['allow_anonymous false', ...FILES, 'max_keepalive 1200', 'set_tcp_nodelay true'],
    ],
  ],
];

for (const [broker, lines] of rows) {
  test(broker, (t) => {
    const users = TWO_USERS.replaceAll('{ password', '{ certificate: true, password');
    t.deepEqual(renderConf(labOf(`${users}broker: ${broker}`)).split('\n'), [...lines, '']);
  });
}

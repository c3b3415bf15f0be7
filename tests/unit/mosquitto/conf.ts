import test from 'ava';
import { renderConf } from '../../../mosquitto/conf.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const FIRST = '# mqtt-lab "two": written from its lab file, changes here are overwritten';
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
    '{ options: { max_connections: 100 } }',
    [
      ...[FIRST, 'listener 1883', 'allow_anonymous false', ...FILES, 'max_keepalive 1200'],
      ...['set_tcp_nodelay true', 'max_connections 100'],
    ],
  ],
];

for (const [broker, lines] of rows) {
  test(broker, (t) => {
    t.deepEqual(renderConf(labOf(`${TWO_USERS}broker: ${broker}`)).split('\n'), [...lines, '']);
  });
}

import test from 'ava';
import { settingsOf } from '../../../../mosquitto/import/settings.ts';

function read(text: string) {
  const options = text.split('\n').map((line, index) => {
    const [, name = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    return { file: '/c', line: index + 1, name, value };
  });
  const { options: given, notes, ...rest } = settingsOf(options);
  return { ...rest, given: Object.fromEntries(given), notes: notes.map((note) => `${note.line} ${note.text}`) };
}

test('takes the options that broker.options takes, as what they mean', (t) => {
  const { given, notes } = read(
    'sys_interval 5\nqueue_qos0_messages true\nlog_timestamp_format %Y-%m\nmax_packet_size 020000',
  );
  t.deepEqual(given, {
    sys_interval: 5,
    queue_qos0_messages: true,
    log_timestamp_format: '%Y-%m',
    max_packet_size: '020000',
  });
  t.deepEqual(notes, []);
});

test('finds the files of users and rights, and the longest keep alive', (t) => {
  const found = read('password_file /p q\nacl_file /a\nmax_keepalive 60');
  t.is(found.passwordFile?.value, '/p q');
  t.is(found.aclFile?.value, '/a');
  t.is(found.maxKeepAlive, 60);
  t.is(read('sys_interval 5').maxKeepAlive, 65_535);
});

test("says nothing of what Debian's main file sets", (t) => {
  const debians = ['persistence true', 'persistence_location /var/lib/mosquitto/', 'user mosquitto'];
  const log = ['log_dest file /var/log/mosquitto/mosquitto.log', 'pid_file /run/mosquitto/mosquitto.pid'];
  const { given, notes } = read(
    [...debians, ...log, 'per_listener_settings false', 'allow_anonymous false'].join('\n'),
  );
  t.deepEqual(given, {});
  t.deepEqual(notes, []);
});

/** [options; the notes] */
const rows: readonly (readonly [options: string, ...notes: RegExp[]])[] = [
  ['allow_anonymous true', /^1 allow_anonymous: anonymous clients may connect/],
  ['per_listener_settings true', /^1 per_listener_settings: /],
  ['log_dest syslog', /^1 log_dest: /],
  ['persistence_location /srv/mqtt', /^1 persistence_location: /],
  [
    'connection home\naddress 10.0.0.1\nremote_password s3cret\ntopic # out\nbridge_cafile /x',
    /^1 connection: .*bridges$/,
  ],
  ['plugin /usr/lib/x.so\nplugin_opt_token s3cret', /^1 plugin: /],
  ['max_packet_size 2000', /^1 max_packet_size: at least 16384/],
  ['max_keepalive 5', /^1 max_keepalive: /],
  ['log_type error\nlog_type warning', /^1 log_type is set more than once/, /^2 log_type /],
  ['password_file /a\npassword_file /b', /^2 password_file: /],
];

for (const [options, ...wanted] of rows) {
  test(`notes ${options.replaceAll('\n', ' | ')}`, (t) => {
    const { given, notes } = read(options);
    t.deepEqual(given, {});
    t.is(notes.length, wanted.length, notes.join('\n'));
    for (const [index, pattern] of wanted.entries()) t.regex(notes[index] ?? '', pattern);
    t.false(notes.join('\n').includes('s3cret'));
  });
}

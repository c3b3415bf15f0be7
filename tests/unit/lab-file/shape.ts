import test from 'ava';
import { read, withPart } from './_reading.ts';

const HOSTS = 'local, container, external or ssh://[user@]host[:port] is allowed';
const NAME = 'lower-case letters, digits and hyphens, starting with a letter, at most 40, are allowed';
const KEY = 'TYPE BASE64 as in known_hosts is allowed';
const KEEP_ALIVE = 'a whole number of seconds from 10 to 65535 is allowed';
const TOPIC_BLANK = 'starts or ends with a space; a topic name or filter without it is allowed';
const WILDCARD = 'has a wildcard out of place; + alone between slashes, # alone and last are allowed';
const DOLLAR = 'starts with $, which is for the broker itself; another first character or $SYS/… is allowed';
const PI_NAME = 'a host name is allowed: lower-case letters, digits and hyphens, starting with a letter, at most 40';
const VALUE = 'one line of text, a number, true or false is allowed';
const long = 'x'.repeat(300);

/** [a part of a lab file, from line 3 on; its mistakes without "lab.yaml:"] */
const rows: readonly (readonly [part: string, ...mistakes: string[]])[] = [
  ['broker: {}'],
  ['broker:', '3:1: broker has no value; a mapping is allowed, such as { host: local }'],
  ['broker: local', '3:9: broker is "local"; a mapping is allowed, such as { host: local }'],
  ['broker: { host: Local }', `3:17: broker.host is "Local" (did you mean "local"?); ${HOSTS}`],
  ['broker: { host: 5 }', `3:17: broker.host is 5; ${HOSTS}`],
  ['broker: { host: "" }', `3:17: broker.host is empty; ${HOSTS}`],
  ['broker: { host: "pi:hunter2@h" }', `3:17: broker.host is text; ${HOSTS}`],
  ['broker: { host: "ssh:/me@h" }', `3:17: broker.host does not start with ssh://; ${HOSTS}`],
  [
    'broker: { host: "ssh://" }',
    `3:17: broker.host has no valid host (an IPv6 address goes in brackets) or port; ${HOSTS}`,
  ],
  ['broker: { host: "ssh://@h" }', `3:17: broker.host names no user before its @; ${HOSTS}`],
  [
    'broker: { host: "ssh://me:hunt/er@2@h" }',
    `3:17: broker.host carries a password (use the key "password" with a file or a variable); ${HOSTS}`,
  ],
  ['broker: { host: "ssh://-o@h" }', `3:17: broker.host has a user name that no host accepts; ${HOSTS}`],
  ['broker: { host: "ssh://me@h/" }', `3:17: broker.host has a path; ${HOSTS}`],
  ['broker: { host: "ssh://me@h:0" }', `3:17: broker.host has a port outside 1 to 65535; ${HOSTS}`],
  ['broker: { host: "ssh://me@h:70000" }', `3:17: broker.host has a port outside 1 to 65535; ${HOSTS}`],
  [
    'broker: { host: "ssh://me@-h" }',
    `3:17: broker.host has no valid host (an IPv6 address goes in brackets) or port; ${HOSTS}`,
  ],
  ['broker: { port: "1883" }', '3:17: broker.port is "1883"; a whole number from 1 to 65535 is allowed'],
  ['broker: { port: 0 }', '3:17: broker.port is 0; a whole number from 1 to 65535 is allowed'],
  ['broker: { port: 65536 }', '3:17: broker.port is 65536; a whole number from 1 to 65535 is allowed'],
  ['broker: { port: 1.5 }', '3:17: broker.port is 1.5; a whole number from 1 to 65535 is allowed'],
  ['broker: { port: }', '3:11: broker.port has no value; a whole number from 1 to 65535 is allowed'],
  ['broker: { maxKeepAlive: 9 }', `3:25: broker.maxKeepAlive is 9; ${KEEP_ALIVE}`],
  ['broker: { maxKeepAlive: 65536 }', `3:25: broker.maxKeepAlive is 65536; ${KEEP_ALIVE}`],
  ['broker: { address: "::1" }'],
  [
    'broker: { address: "h:1883" }',
    '3:20: broker.address is "h:1883"; a host name or an IP address without a port is allowed',
  ],
  [
    'broker: { host: external, address: h, software: mosqitto 2.0.11 }',
    '3:49: broker.software is "mosqitto 2.0.11"; NAME VERSION is allowed, such as mosquitto 2.0.11; known names: mosquitto, rabbitmq, ejabberd, aedes',
  ],
  [
    'broker: { host: external, address: h, software: rabbitmq }',
    '3:49: broker.software is "rabbitmq"; NAME VERSION is allowed, such as mosquitto 2.0.11; known names: mosquitto, rabbitmq, ejabberd, aedes',
  ],
  [
    'broker: { options: { Log_type: all } }',
    '3:22: broker.options.Log_type is not an option of mosquitto.conf(5); lower-case letters, digits and _ are allowed',
  ],
  [
    'broker: { options: { listener: 1884 } }',
    '3:22: broker.options.listener is not allowed here: broker.port or broker.listeners sets it',
  ],
  [
    'broker: { options: { max_keepalive: 60 } }',
    '3:22: broker.options.max_keepalive is not allowed here: broker.maxKeepAlive sets it',
  ],
  [
    'broker: { options: { allow_anonymous: true } }',
    '3:22: broker.options.allow_anonymous is not allowed here: users sets who may connect',
  ],
  [
    'broker: { options: { bridge_psk: hunter2 } }',
    "3:22: broker.options.bridge_psk is not allowed here: the lab's broker has no bridges",
  ],
  ['broker: { options: { log_type: [all] } }', `3:32: broker.options.log_type is a list; ${VALUE}`],
  ['broker: { options: { log_type: } }', `3:22: broker.options.log_type has no value; ${VALUE}`],
  [
    'broker: { options: { log_type: "all\\nplugin x" } }',
    '3:32: broker.options.log_type is empty, padded with spaces or longer than a line; one line is allowed',
  ],
  ['broker: { host: "ssh://me@h", hostKey: AAAA }', `3:40: broker.hostKey is not a public key; ${KEY}`],
  [
    'broker: { host: "ssh://me@h", hostKey: ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIGPH }',
    `3:40: broker.hostKey is incomplete: type and data differ; ${KEY}`,
  ],
  ['pis: {}'],
  ['pis:', '3:1: pis has no value; a mapping of Pis is allowed, {} for none'],
  ['pis: [pi]', '3:6: pis is a list; a mapping of Pis is allowed, {} for none'],
  ['pis: { Pi: { host: container } }', `3:8: pis.Pi is "Pi"; ${PI_NAME}`],
  ['pis: { pi-: { host: container } }', `3:8: pis.pi- is "pi-"; ${PI_NAME}`],
  [
    'pis: { broker: { hst: container } }',
    '3:8: pis.broker is reserved for the broker host; another name is allowed',
    '3:8: pis.broker.host is missing; container or ssh://[user@]host[:port] is allowed',
    '3:18: pis.broker has an unknown key "hst" (did you mean "host"?); allowed keys: host, architecture, repository, reboot, wifi, identity, hostKey, password',
  ],
  ['pis: { a: { host: local } }', '3:19: pis.a.host is "local"; container or ssh://[user@]host[:port] is allowed'],
  [
    'pis: { a: { host: container }, a: { host: container } }',
    '3:32: pis.a is given twice, first on line 3; once is allowed',
  ],
  [
    'pis: { a: { host: container, architecture: arm } }',
    '3:44: pis.a.architecture is "arm"; amd64 or arm64 is allowed',
  ],
  ['users: {}', '3:8: users is empty; at least one user is required'],
  ['users: [hunter2]', '3:8: users is a list; a mapping of users is allowed, such as { sam: { password: sam } }'],
  ['users: { sam: hunter2 }', '3:15: users.sam is text; a mapping with a password is allowed'],
  [
    'users: { "a:b": { password: x } }',
    `3:10: users."a:b" has a colon, which ends a name in Mosquitto's password file; a name without : is allowed`,
  ],
  [
    'users: { "#a": { password: x } }',
    `3:10: users."#a" starts with #, a comment in Mosquitto's password file; another first character is allowed`,
  ],
  [
    'users: { "a\\nb": { password: x } }',
    '3:10: users."a\\nb" has a line break or another control character; a user name without them is allowed',
  ],
  [
    'users: { "a\\0b": { password: x } }',
    '3:10: users."a\\u0000b" has a line break or another control character; a user name without them is allowed',
  ],
  [
    'users: { " a": { password: x } }',
    '3:10: users." a" starts or ends with a space; a user name without it is allowed',
  ],
  [
    'users: { all: { password: x } }',
    '3:10: users.all is reserved: `all` stands for every declared user; another name is allowed',
  ],
  ['users: { "": { password: x } }', '3:10: users."" is empty; a user name of at least one character is allowed'],
  [`users: { ${long}: { password: x } }`, `3:10: users.${long} is too long; at most 256 bytes are allowed`],
  ['topics: {}'],
  ['topics: { "": {} }', '3:11: topics."" is empty; a topic name or filter of at least one character is allowed'],
  ['topics: { a/#: {}, +/a: {}, "#": {}, +: {}, a/+/+/b/#: {}, /: {}, $SYS: {}, $SYS/#: {} }'],
  [
    'topics: { a#: {}, a/#/b: {}, +a: {} }',
    `3:11: topics."a#" ${WILDCARD}`,
    `3:19: topics."a/#/b" ${WILDCARD}`,
    `3:30: topics."+a" ${WILDCARD}`,
  ],
  ['topics: { $SYSTEM/a: {} }', `3:11: topics."$SYSTEM/a" ${DOLLAR}`],
  ['topics: { $share/g/a: {} }', `3:11: topics."$share/g/a" ${DOLLAR}`],
  ['topics: { " a": {} }', `3:11: topics." a" ${TOPIC_BLANK}`],
  ['topics: { "a ": {} }', `3:11: topics."a " ${TOPIC_BLANK}`],
  [
    'topics: { "a\\0": {} }',
    '3:11: topics."a\\u0000" has a line break or another control character; a topic name or filter without them is allowed',
  ],
  [
    'topics: { "a\\nuser root": {} }',
    '3:11: topics."a\\nuser root" has a line break or another control character; a topic name or filter without them is allowed',
  ],
  [
    `topics: { "${'/'.repeat(201)}": {} }`,
    `3:11: topics."${'/'.repeat(201)}" has too many levels for Mosquitto; at most 200 slashes are allowed`,
  ],
  [`topics: { "${'/'.repeat(200)}": {} }`],
  [
    'topics: { a: }',
    '3:11: topics.a has no value; a mapping is allowed, such as { publish: [USER], subscribe: [USER] }',
  ],
  [
    'topics: { a: { lastwill: [sam] } }',
    '3:16: topics.a has an unknown key "lastwill" (did you mean "lastWill"?); allowed keys: publish, subscribe, lastWill, deny',
  ],
  [
    'topics: { a: { publish: [[sam]] } }',
    '3:26: topics.a.publish[0] is a list; the name of a user or a group is allowed',
  ],
  [
    'groups: { all: [sam] }',
    '3:11: groups.all is reserved: `all` stands for every declared user; another name is allowed',
  ],
  ['groups: { a: sam }', '3:14: groups.a is "sam"; a list of users is allowed'],
  ['groups: { "": [] }', '3:11: groups."" is empty; a group name of at least one character is allowed'],
  ['groups: [a]', '3:9: groups is a list; a mapping of groups is allowed, such as { sensors: [hall, kitchen] }'],
  ['containers: { debian: 14 }', '3:23: containers.debian is 14; 12 or 13 is allowed'],
  ['containers: { debian: "12" }', '3:23: containers.debian is "12"; 12 or 13 is allowed'],
  [
    'containers: { subnet: 198.18.7.0 }',
    '3:23: containers.subnet is "198.18.7.0"; a network such as 198.18.7.0/24 is allowed',
  ],
];

for (const [part, ...mistakes] of rows) {
  test(part.length > 90 ? `${part.slice(0, 90)}… (${part.length})` : part, (t) => {
    t.deepEqual(
      read(withPart(part)).mistakes,
      mistakes.map((mistake) => `lab.yaml:${mistake}`),
    );
  });
}

for (const name of ['Lab', '1lab', 'lab-', 'lab_1', '""', 'x'.repeat(41)]) {
  test(`name: ${name}`, (t) => {
    const shown = name === '""' ? 'empty' : `"${name}"`;
    t.deepEqual(read(`name: ${name}\nusers: { sam: { password: x } }`).mistakes, [
      `lab.yaml:1:7: name is ${shown}; ${NAME}`,
    ]);
  });
}

test('refuses a topic name of 65536 bytes', (t) => {
  const explained = read(
    `name: a\nusers: { sam: { password: x } }\ntopics:\n  ? ${'é'.repeat(32768)}\n  : {}\n`,
  ).mistakes;
  t.is(explained.length, 1);
  t.regex(explained[0] ?? '', /^lab\.yaml:4:5: topics\.".* is too long; at most 65535 bytes are allowed$/);
});

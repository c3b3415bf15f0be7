import test from 'ava';
import { read } from './_reading.ts';

const USERS = 'users: { sam: { password: sam }, bob: { password: x, certificate: true } }';
const PLAIN_USERS = 'users: { sam: { password: sam }, bob: { password: x } }';
const LOCK = 'users: { lock: { certificate: true } }';
const PI = 'pis: { pi: { host: container } }';
const LONG = 'x'.repeat(65);
const NAMED = '{ port: 8884, tls: { clients: required, identity: common-name } }';
const files = { 'c.pem': 'x', 'c.key': 'x', 'ca.pem': 'x' };
const OWN = 'certificate: c.pem, key: c.key, ca: ca.pem';
const EXTERNAL = 'host: external, address: h';
const UNCHANGED = 'has no effect, since an external broker is never changed; leave it out';
const NEEDS_CERTIFICATE = 'needs a certificate at every listener that';
const NEEDS_PASSWORD = 'needs a password at every listener that';
const PASSWORD = 'one is allowed, or a listener with tls: { clients: required, identity: common-name }';

/** [users and Pis on line 2; the broker from line 3 on; the mistakes without "lab.yaml:"] */
type Row = readonly [rest: string, broker: string, ...mistakes: string[]];
const rows: readonly Row[] = [
  [
    USERS,
    '{ listeners: [{ port: 1883, bind: loopback }, { port: 8883, tls: {} }, { port: 9001, protocol: websockets }] }',
  ],
  [`${USERS}\n${PI}`, '{ listeners: [{ port: 1883, bind: loopback }, { port: 8883, tls: {} }] }'],
  [USERS, '{ listeners: [{ port: 1, bind: loopback }] }'],
  [LOCK, `{ listeners: [${NAMED}] }`],
  [USERS, `{ listeners: [{ port: 1, tls: {} }], tls: { ${OWN} } }`],
  [PLAIN_USERS, `{ ${EXTERNAL}, listeners: [{ port: 1, tls: {} }], tls: { ca: ca.pem } }`],
  [PLAIN_USERS, `{ ${EXTERNAL}, listeners: [{ port: 1 }] }`],
  [
    USERS,
    '{ port: 1883, listeners: [{ port: 1883 }] }',
    '3:11: broker.port has no effect beside broker.listeners; a listener with this port is allowed there',
  ],
  [
    USERS,
    '{ listeners: [{ port: 7 }, { port: 8 }, { port: 7, tls: {} }, { port: 7 }] }',
    '3:57: broker.listeners[2].port is 7, as in broker.listeners[0]; a port of its own is allowed',
    '3:79: broker.listeners[3].port is 7, as in broker.listeners[0]; a port of its own is allowed',
  ],
  [
    USERS,
    '{ listeners: [{ port: 1, tls: { identity: common-name } }] }',
    '3:51: broker.listeners[0].tls.identity is common-name, which needs a certificate of every client; it is allowed beside clients: required',
  ],
  [
    USERS,
    '{ host: container, listeners: [{ port: 1, bind: loopback }] }',
    '3:39: broker.listeners has none that this machine reaches; one with bind: all is needed',
  ],
  [
    USERS,
    '{ host: container, listeners: [{ port: 1 }, { port: 2, protocol: websockets }] }',
    "3:74: broker.listeners[1].protocol is websockets, which Debian 12's Mosquitto does not speak; it is allowed beside containers.debian: 13",
  ],
  [
    `${PI}\n${USERS}`,
    '{ listeners: [{ port: 1, bind: loopback }, { port: 2, protocol: websockets }] }',
    '4:22: broker.listeners has none that a Pi reaches; one with bind: all and protocol: mqtt is needed',
  ],
  [
    PLAIN_USERS,
    `{ ${EXTERNAL}, listeners: [{ port: 1, bind: loopback, tls: {} }], tls: { certificate: c.pem, key: c.key, revoke: [] } }`,
    "3:50: broker.listeners has TLS without the broker's CA; broker.tls.ca is needed beside it",
    `3:62: broker.listeners[0].bind ${UNCHANGED}`,
    `3:97: broker.tls.certificate ${UNCHANGED}`,
    `3:117: broker.tls.key ${UNCHANGED}`,
    `3:129: broker.tls.revoke ${UNCHANGED}`,
  ],
  [
    USERS,
    '{ listeners: [{ port: 1, tls: {} }], tls: { certificate: c.pem, ca: none.pem } }',
    '3:51: broker.tls has certificate and ca alone; certificate, key and ca are allowed together, or none of them',
    '3:77: broker.tls.ca "none.pem" is not a readable file; a PEM file is allowed',
  ],
  [
    'users: { lock: { certificate: { certificate: c.pem, key: none.key } } }',
    `{ ${EXTERNAL}, listeners: [${NAMED}], tls: { ca: ca.pem } }`,
    '2:58: users.lock.certificate.key "none.key" is not a readable file; a PEM file is allowed',
  ],
  [
    USERS,
    '{ listeners: [{ port: 1, tls: { clients: required } }] }',
    `2:10: users.sam ${NEEDS_CERTIFICATE} this machine reaches; certificate: true is allowed`,
  ],
  [
    `${PI}\n${USERS}`,
    '{ listeners: [{ port: 1, bind: loopback }, { port: 2, tls: { clients: required } }] }',
    `3:10: users.sam ${NEEDS_CERTIFICATE} a Pi reaches; certificate: true is allowed`,
  ],
  [LOCK, '{ port: 1883 }', `2:10: users.lock ${NEEDS_PASSWORD} this machine reaches; ${PASSWORD}`],
  [
    LOCK,
    '{ listeners: [{ port: 1, tls: { clients: required } }] }',
    `2:10: users.lock ${NEEDS_PASSWORD} this machine reaches; ${PASSWORD}`,
  ],
  [
    'users: { sam: {}, bob: { certificate: false } }',
    '{}',
    '2:10: users.sam.password is missing; text, { env: NAME } or { file: PATH } is allowed (quote text that YAML would read as something else)',
    '2:19: users.bob.password is missing; text, { env: NAME } or { file: PATH } is allowed (quote text that YAML would read as something else)',
  ],
  [
    `users: { ${LONG}: { password: x, certificate: true } }`,
    '{}',
    `2:105: users.${LONG}.certificate is true beside a name of more than 64 characters, which no certificate holds; a shorter user name is allowed`,
  ],
  [`users: { ${'ü'.repeat(64)}: { password: x, certificate: true } }`, '{}'],
  [`users: { ${LONG}: { password: x, certificate: { certificate: c.pem, key: c.key } } }`, `{ ${EXTERNAL} }`],
  [
    USERS,
    `{ ${EXTERNAL} }`,
    "2:67: users.bob.certificate is true, but an external broker does not know the lab's CA; { certificate: PATH, key: PATH } is allowed",
  ],
  [
    'users: { lock: { password: x, certificate: { certificate: c.pem, key: c.key } } }',
    '{}',
    "2:44: users.lock.certificate is not of the lab's CA, which alone the lab's broker trusts; true is allowed",
  ],
  [
    USERS,
    `{ tls: { ${OWN} } }`,
    '3:11: broker.tls has no effect without a listener with tls; one is allowed in broker.listeners',
  ],
];

for (const [index, [rest, broker, ...mistakes]] of rows.entries()) {
  test(`row ${index}, ${mistakes.length} mistakes: ${broker}`, (t) => {
    t.deepEqual(
      read(`name: lab\n${rest}\nbroker: ${broker}\n`, { files }).mistakes,
      mistakes.map((text) => `lab.yaml:${text}`),
    );
  });
}

test('reports the mistakes of listeners and certificates together, in the order of the file', (t) => {
  const text = `name: lab
broker:
  port: 1
  listeners:
    - { port: 8883, bind: loopback, tls: { identity: common-name } }
    - { port: 8883, bind: loopback }
  tls: { key: none }
pis: { pi: { host: container } }
users: { lock: { certificate: true }, sam: {} }
`;
  const places = read(text).mistakes.map((line) =>
    line
      .split(': ')
      .slice(0, 2)
      .join(' ')
      .replace(/^lab.yaml:/, ''),
  );
  t.deepEqual(
    places.map((place) => place.split(' ').slice(0, 2).join(' ')),
    [
      '3:3 broker.port',
      '5:5 broker.listeners',
      '5:54 broker.listeners[0].tls.identity',
      '6:15 broker.listeners[1].port',
      '7:8 broker.tls',
      '7:15 broker.tls.key',
      '9:39 users.sam.password',
    ],
  );
});

test('asks for no files of certificates where nobody logs in', (t) => {
  const text = `name: lab\n${USERS}\nbroker: { listeners: [{ port: 1, tls: {} }], tls: { ${OWN} } }`;
  t.deepEqual(read(text, { logsIn: false }).mistakes, []);
});

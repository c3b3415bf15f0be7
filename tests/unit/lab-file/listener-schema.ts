import test from 'ava';
import { read, withPart } from './_reading.ts';

const PORT = 'a whole number from 1 to 65535 is allowed';
const SERIAL = 'a serial number in hexadecimal digits is allowed, as openssl x509 -serial prints it';
const CERTIFICATE = 'true or { certificate: PATH, key: PATH } is allowed';
const TLS = 'a mapping is allowed, {} for TLS without client certificates';
const one = (listener: string) => `broker: { listeners: [${listener}] }`;

/** [a part of a lab file, from line 3 on; its mistakes without "lab.yaml:"] */
const rows: readonly (readonly [part: string, ...mistakes: string[]])[] = [
  ['broker: { listeners: [] }', '3:22: broker.listeners is empty; at least one listener is required'],
  [
    'broker: { listeners: 8883 }',
    '3:22: broker.listeners is 8883; a list of listeners is allowed, such as [{ port: 8883, tls: {} }]',
  ],
  [one('8883'), '3:23: broker.listeners[0] is 8883; a mapping with a port is allowed, such as { port: 8883, tls: {} }'],
  [one('{ tls: {} }'), `3:23: broker.listeners[0].port is missing; ${PORT}`],
  [one('{ port: 0 }'), `3:31: broker.listeners[0].port is 0; ${PORT}`],
  [one('{ port: "8883" }'), `3:31: broker.listeners[0].port is "8883"; ${PORT}`],
  [
    one('{ port: 1, bind: lo, protocol: ws }'),
    '3:40: broker.listeners[0].bind is "lo"; all or loopback is allowed',
    '3:54: broker.listeners[0].protocol is "ws"; mqtt or websockets is allowed',
  ],
  [one('{ port: 1, tls: true }'), `3:39: broker.listeners[0].tls is true; ${TLS}`],
  [one('{ port: 1, tls: }'), `3:34: broker.listeners[0].tls has no value; ${TLS}`],
  [
    one('{ port: 1, tls: { clients: maybe, identity: cn } }'),
    '3:50: broker.listeners[0].tls.clients is "maybe"; none or required is allowed',
    '3:67: broker.listeners[0].tls.identity is "cn"; password or common-name is allowed',
  ],
  [
    one('{ port: 1, prot: mqtt }'),
    '3:34: broker.listeners[0] has an unknown key "prot"; allowed keys: port, bind, protocol, tls',
  ],
  [
    one('{ port: 1 }, { port: 2, tls: { client: none } }'),
    '3:54: broker.listeners[1].tls has an unknown key "client" (did you mean "clients"?); allowed keys: clients, identity',
  ],
  [
    'broker: { listeners: [{ port: 1, tls: {} }], tls: { cert: x } }',
    '3:53: broker.tls has an unknown key "cert"; allowed keys: certificate, key, ca, revoke',
  ],
  [
    'broker: { tls: 1 }',
    '3:16: broker.tls is 1; a mapping is allowed, such as { certificate: server.pem, key: server.key, ca: ca.pem }',
  ],
  [
    'broker: { listeners: [{ port: 1, tls: {} }], tls: { revoke: ab } }',
    '3:61: broker.tls.revoke is "ab"; a list of serial numbers is allowed',
  ],
  [
    'broker: { listeners: [{ port: 1, tls: {} }], tls: { revoke: ["0a:1B", xyz, "0a1", 0x1f] } }',
    `3:71: broker.tls.revoke[1] is "xyz"; ${SERIAL}`,
    `3:83: broker.tls.revoke[3] is "0x1f"; ${SERIAL}`,
  ],
  ['users: { sam: { password: x, certificate: 1 } }', `3:43: users.sam.certificate is 1; ${CERTIFICATE}`],
  [
    'users: { sam: { password: x, certificate: { key: x } } }',
    `3:43: users.sam.certificate is a mapping; ${CERTIFICATE}`,
  ],
];

for (const [part, ...mistakes] of rows) {
  test(`reads ${part}: ${mistakes.length} mistakes`, (t) => {
    t.deepEqual(
      read(withPart(part)).mistakes,
      mistakes.map((text) => `lab.yaml:${text}`),
    );
  });
}

test('fills in the defaults of a listener', (t) => {
  const { lab, mistakes } = read(
    withPart('broker: { listeners: [{ port: 1, bind: loopback }, { port: 8883, tls: {} }] }'),
  );
  t.deepEqual(mistakes, []);
  t.deepEqual(lab?.broker.listeners, [
    { port: 1, bind: 'loopback', protocol: 'mqtt', tls: undefined },
    { port: 8883, bind: 'all', protocol: 'mqtt', tls: { clients: 'none', identity: 'password' } },
  ]);
  t.is(lab?.broker.port, 1);
});

test('resolves the paths of certificates from the folder of the lab file', (t) => {
  const files = { 'certs/a.pem': 'x', 'certs/a.key': 'x', 'ca.pem': 'x' };
  const pair = '{ certificate: certs/a.pem, key: certs/a.key }';
  const { lab, mistakes } = read(
    'name: a\nusers: { lock: { password: x, certificate: true } }\n' +
      'broker: { listeners: [{ port: 1, tls: {} }], tls: { certificate: certs/a.pem, key: certs/a.key, ca: ca.pem } }',
    { files },
  );
  t.deepEqual(mistakes, []);
  const own = { certificate: `${lab?.directory}/certs/a.pem`, key: `${lab?.directory}/certs/a.key` };
  t.deepEqual(lab?.broker.tls.own, { ...own, ca: `${lab?.directory}/ca.pem` });
  t.is(lab?.users[0]?.certificate, 'lab');
  const external = read(
    `name: a\nusers: { sam: { password: x, certificate: ${pair} } }\nbroker: { host: external, address: h }\n`,
    { files },
  );
  t.deepEqual(external.mistakes, []);
  const { directory } = external.lab ?? {};
  t.deepEqual(external.lab?.users[0]?.certificate, {
    certificate: `${directory}/certs/a.pem`,
    key: `${directory}/certs/a.key`,
  });
});

test('takes serial numbers as openssl and YAML write them', (t) => {
  const { lab, mistakes } = read(
    withPart('broker: { listeners: [{ port: 1, tls: {} }], tls: { revoke: ["4A:0b:ff", 0123, 1e5a, 4E11] } }'),
  );
  t.deepEqual(mistakes, []);
  t.deepEqual(lab?.broker.tls.revoke, ['4a0bff', '0123', '1e5a', '4e11']);
});

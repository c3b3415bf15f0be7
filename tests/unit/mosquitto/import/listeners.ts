import test from 'ava';
import { sortOptions } from '../../../../mosquitto/import/conf.ts';
import { readConf } from '../../../../mosquitto/import/conf-lines.ts';
import { listenersOf, type Reach } from '../../../../mosquitto/import/listeners.ts';
import { filesOf } from './_files.ts';

const HOW = 'copy the certificate of its CA';
const REACH: Reach = { isExternal: false, isHere: false, hasWebSockets: true, howToVerify: () => HOW };
const HERE = { isHere: true };
const EXTERNAL = { isExternal: true };
const TLS = 'certfile /c\nkeyfile /k';

/** [mosquitto.conf; how the broker is reached; listeners; the notes] */
const rows: readonly (readonly [
  conf: string,
  reach: Partial<Reach>,
  listeners: readonly object[],
  ...notes: RegExp[],
])[] = [
  ['listener 1884', {}, [{ port: 1884 }]],
  ['port 1884', {}, [{ port: 1884 }]],
  ['listener 1883 127.0.0.1\nlistener 1884', {}, [{ port: 1883, bind: 'loopback' }, { port: 1884 }]],
  ['listener 1884\nbind_interface lo', HERE, [{ port: 1884, bind: 'loopback' }]],
  ['listener 1884 10.0.0.1', {}, [{ port: 1884 }], /^1 the address 10\.0\.0\.1/],
  // without a listener Mosquitto is on the loopback addresses alone
  ['', HERE, [{ port: 1883, bind: 'loopback' }]],
  ['', {}, [{ port: 1883 }], /loopback address: out of reach/],
  ['listener 1883 ::1\nlistener 1884 ::1', {}, [{ port: 1883 }], /^1 .*every address/, /^2 .*1884 .*out of reach/],
  ['', { ...EXTERNAL, ...HERE }, [{ port: 1883 }]],
  [`listener 8883\n${TLS}`, {}, [{ port: 8883, tls: {} }], /^2 certfile: .*broker\.tls/],
  [
    `listener 8883\n${TLS}\nrequire_certificate true\nuse_identity_as_username true\ntls_version tlsv1.2`,
    {},
    [{ port: 8883, tls: { clients: 'required', identity: 'common-name' } }],
    /^2 certfile: /,
    /^4 require_certificate: /,
  ],
  [
    `listener 8883\n${TLS}\ncrlfile /r\ntls_version tlsv1.1`,
    {},
    [{ port: 8883, tls: {} }],
    /^2 /,
    /^4 crlfile/,
    /^5 tls_version/,
  ],
  [
    `listener 1883\nlistener 8883\n${TLS}`,
    EXTERNAL,
    [{ port: 1883 }],
    /^2 .*8883 with TLS: copy the certificate of its CA$/,
  ],
  ['listener 1883\nlistener 1884 ::1', EXTERNAL, [{ port: 1883 }], /^2 .*1884 on the loopback address: out of reach/],
  ['listener 1884\nlistener 9001\nprotocol websockets', {}, [{ port: 1884 }, { port: 9001, protocol: 'websockets' }]],
  [
    'listener 1884\nlistener 9001\nprotocol websockets',
    { hasWebSockets: false },
    [{ port: 1884 }],
    /^2 .*9001 for WebSockets: this Mosquitto/,
  ],
  ['listener 1884\nlistener 0 /run/x', {}, [{ port: 1884 }], /^2 .*TCP port/],
  ['listener 1884\nlistener 8883\npsk_hint x', {}, [{ port: 1884 }], /^2 .*8883/],
  ['listener 1884 127.0.0.1\nlistener 1884 ::1', HERE, [{ port: 1884, bind: 'loopback' }], /^2 .*each port once/],
];

for (const [conf, reach, listeners, ...wanted] of rows) {
  test(`says the listeners of ${conf.replaceAll('\n', ' | ')}, reached ${JSON.stringify(reach)}`, async (t) => {
    const found = sortOptions(await readConf(filesOf({ '/etc/mosquitto/mosquitto.conf': conf })));
    const { listeners: written, notes } = listenersOf(found.listeners, { ...REACH, ...reach });
    t.deepEqual(written, listeners);
    const texts = notes.map(({ line, text }) => `${line} ${text}`);
    t.is(texts.length, wanted.length, texts.join('\n'));
    for (const [index, pattern] of wanted.entries()) t.regex(texts[index] ?? '', pattern);
  });
}

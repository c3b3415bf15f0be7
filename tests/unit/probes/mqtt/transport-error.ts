import { createServer } from 'node:net';
import test from 'ava';
import { connectOnce } from '../../../../deployment/connect-once.ts';
import type { Endpoint } from '../../../../probes/mqtt/endpoint.ts';
import { handshake } from '../../../../probes/mqtt/handshake.ts';
import { connectRaw } from '../../../../probes/mqtt/raw-session.ts';
import { connectSession } from '../../../../probes/mqtt/session.ts';
import { authority, type Issued } from '../../_authority.ts';
import { accept } from '../../_fake-broker.ts';
import { labOf } from '../../_lab.ts';
import { type Listening, listener } from '../../_listener.ts';
import { liveBrokerAt } from '../../_live.ts';

const LAB = labOf(
  'users: { sam: { password: sam, certificate: true } }\nbroker: { listeners: [{ port: 1, tls: {} }] }\nname: l\n',
);
const BOUND_MS = 10_000;
const HOUR_MS = 3_600_000;
const LOOPBACK = { type: 'ip', value: '127.0.0.1' } as const;

const pem = ({ chain, key }: Issued) => ({ cert: chain, key: key.reveal() });

async function makeCertificates() {
  const lab = await authority();
  // with the same name, as the CAs of two labs have
  const other = await authority();
  const server = await lab.issue([LOOPBACK, { type: 'dns', value: 'broker.lab.test' }]);
  const shown = pem(server);
  const demanding = { ...shown, ca: lab.ca, requestCert: true, rejectUnauthorized: true };
  return {
    ...{ shown, demanding, v12: { ...demanding, maxVersion: 'TLSv1.2' } as const },
    ...{ tls: { ca: lab.ca }, otherTls: { ca: other.ca } },
    expired: pem(await lab.issue([LOOPBACK], 2 * HOUR_MS)),
    elsewhere: pem(await lab.issue([{ type: 'ip', value: '127.0.0.2' }])),
    client: await lab.issue([]),
    foreign: await other.issue([]),
  };
}

/** Made once, by the first test: a file of tests may not wait. */
let made: ReturnType<typeof makeCertificates> | undefined;
function certificates() {
  made ??= makeCertificates();
  return made;
}

type Certificates = Awaited<ReturnType<typeof makeCertificates>>;
type Row = readonly [
  listening: Omit<Listening, 'answer'>,
  endpoint: Pick<Endpoint, 'protocol' | 'tls'>,
  reason: RegExp,
];

const ROWS: Readonly<Record<string, (c: Certificates) => Row>> = {
  'another CA': (c) => [{ tls: c.shown }, { tls: c.otherTls }, /not from the expected CA \([A-Z_]+\)/],
  'a certificate for another address': (c) => [
    { tls: c.elsewhere },
    { tls: c.tls },
    /not for 127\.0\.0\.1 \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
  ],
  'a certificate for another name': (c) => [
    { tls: c.shown },
    { tls: { ...c.tls, servername: 'other.lab.test' } },
    /not for other\.lab\.test \(ERR/,
  ],
  'an expired certificate': (c) => [{ tls: c.expired }, { tls: c.tls }, /has expired \(CERT_HAS_EXPIRED\)/],
  'no client certificate over TLS 1.2': (c) => [
    { tls: c.v12 },
    { tls: c.tls },
    /TLS failed: .*handshake failure|closed the connection/,
  ],
  'no client certificate over TLS 1.3': (c) => [
    { tls: c.demanding },
    { tls: c.tls },
    /tlsv13 alert certificate required/,
  ],
  'a client certificate of another CA over TLS 1.2': (c) => [
    { tls: c.v12 },
    { tls: { ...c.tls, certificate: c.foreign } },
    /TLS failed: .*alert|closed the connection/,
  ],
  'a client certificate of another CA over TLS 1.3': (c) => [
    { tls: c.demanding },
    { tls: { ...c.tls, certificate: c.foreign } },
    // Node closes such a connection without an alert
    /TLS failed: .*alert|closed the connection|^$/,
  ],
  'a broker that knows no TLS 1.2': (c) => [
    { tls: { ...c.shown, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
    { tls: c.tls },
    /TLS failed: .*protocol version/,
  ],
  'TLS to a plain port': (c) => [{}, { tls: c.tls }, /closed the connection during the TLS handshake/],
  'plain to a TLS port': (c) => [
    { tls: c.shown },
    {},
    /no MQTT on the wire|closed the connection|is closed|ECONNRESET/,
  ],
  'WebSockets to a port of MQTT': () => [{}, { protocol: 'websockets' }, /during the WebSocket handshake/],
  'MQTT to a port of WebSockets': () => [{ protocol: 'websockets' }, {}, /no MQTT on the wire|closed the connection/],
  'another CA below WebSockets': (c) => [
    { protocol: 'websockets', tls: c.shown },
    { protocol: 'websockets', tls: c.otherTls },
    /not from the expected CA/,
  ],
  'a CA that is no certificate': (c) => [{ tls: c.shown }, { tls: { ca: 'none' } }, /not from the expected CA/],
};

for (const [name, row] of Object.entries(ROWS)) {
  test(`reports in words: ${name}`, async (t) => {
    const [listening, endpoint, reason] = row(await certificates());
    let isAsked = false;
    const at = await listener(t, {
      ...listening,
      answer(packet, stream) {
        isAsked = true;
        accept(packet, stream);
      },
    });
    const options = { ...at, ...endpoint, boundMs: BOUND_MS };
    for (const connect of [connectRaw, connectSession]) {
      const outcome = await connect(options);
      t.regex(outcome.kind === 'closed' ? outcome.reason : outcome.kind, reason, connect.name);
    }
    const { error, closedBy } = await handshake({ ...options, version: 4, keepAlive: 60 });
    t.is(closedBy, 'broker');
    if (Object.keys(endpoint).length > 0) t.regex(error ?? '', reason);
    // a live lab always verifies the address
    if (endpoint.tls?.servername === undefined) {
      t.is((await connectOnce({ lab: LAB, broker: liveBrokerAt(options) }, BOUND_MS)).kind, 'silent');
    }
    t.false(isAsked, 'the broker got a CONNECT');
  });
}

test('verifies a name in place of the address', async (t) => {
  const { shown, tls } = await certificates();
  const at = await listener(t, { tls: shown, answer: accept });
  for (const servername of ['broker.lab.test', '127.0.0.1']) {
    const outcome = await connectRaw({ ...at, tls: { ...tls, servername }, boundMs: BOUND_MS });
    t.is(outcome.kind, 'accepted');
    if (outcome.kind === 'accepted') await outcome.session.disconnect();
  }
});

test('shows its certificate where the broker asks for one', async (t) => {
  const { demanding, tls, client } = await certificates();
  const at = await listener(t, { tls: demanding, answer: accept });
  const broker = liveBrokerAt({ ...at, tls: { ...tls, certificate: client } });
  t.is((await connectOnce({ lab: LAB, broker }, BOUND_MS)).kind, 'accepted');
});

for (const [name, isSecure, protocol] of [
  ['TLS', true, 'mqtt'],
  ['WebSockets', false, 'websockets'],
  ['WebSockets over TLS', true, 'websockets'],
] as const) {
  test(`gives up a server that never completes the handshake of ${name}`, async (t) => {
    const { tls } = await certificates();
    const endpoint = isSecure ? { protocol, tls } : { protocol };
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    t.teardown(() => silent.close());
    const address = silent.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const at = { address: '127.0.0.1', port, ...endpoint, boundMs: 100 };
    await t.throwsAsync(connectRaw(at), { message: /no CONNACK/ });
    await t.throwsAsync(connectSession(at), { message: /no CONNACK/ });
    t.is((await handshake({ ...at, version: 4, keepAlive: 60 })).closedBy, 'nobody');
  });
}

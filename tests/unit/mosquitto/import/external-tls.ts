import test from 'ava';
import type { FoundListener } from '../../../../mosquitto/import/conf.ts';
import { findCa, verifyTls } from '../../../../mosquitto/import/external-tls.ts';
import { importBroker } from '../../../../mosquitto/import/import-broker.ts';
import { noteText } from '../../../../mosquitto/import/note.ts';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { read } from '../../lab-file/_reading.ts';
import { filesOf } from './_files.ts';

const MAIN = '/etc/mosquitto/mosquitto.conf';
const HASH = '$7$101$c2FsdHNhbHQ=$aGFzaA==';
const TARGET = { name: 'hub', isHere: false, hasWebSockets: true };

function listenerWith(options: Readonly<Record<string, string>>): FoundListener {
  const entries = Object.entries(options).map(([name, value]) => [name, { file: '/c', name, value }] as const);
  return { file: '/c', port: 8883, address: undefined, options: new Map(entries) };
}

async function certificateFiles() {
  const [ca, other] = await Promise.all([newAuthority('home CA'), newAuthority('other CA')]);
  const { chain: leaf } = await newCertificate(ca, { kind: 'server', names: ['hub.local'] });
  return filesOf({
    '/ca': `# ours\n${other.chain}${ca.chain}`,
    '/other': other.chain,
    '/leaf': leaf,
    '/broken': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  });
}

// AVA wants all tests declared before anything is awaited
const files = certificateFiles();

/** [certfile; cafile; what is found] */
const rows: readonly (readonly [certfile: string, cafile: string | undefined, found: object])[] = [
  ['/other', undefined, { file: '/other' }],
  ['/leaf', '/ca', { file: '/ca' }],
  ['/leaf', '/other', { issuer: 'CN=home CA' }],
  ['/leaf', undefined, { issuer: 'CN=home CA' }],
  ['/none', '/ca', { issuer: undefined }],
  ['/broken', '/ca', { issuer: undefined }],
];

for (const [certfile, cafile, found] of rows) {
  test(`finds the CA of certfile ${certfile} with cafile ${cafile}`, async (t) => {
    t.deepEqual(
      await findCa(await files, listenerWith({ certfile, ...(cafile === undefined ? {} : { cafile }) })),
      found,
    );
  });
}

const HUB = { user: 'pi', address: 'hub.local', port: undefined };

test('names the file to copy, how to copy it, and the lines to add', (t) => {
  const text = verifyTls({ port: 8883, tls: {} }, { file: '/etc/mosquitto/certs/ca.pem' }, HUB);
  t.regex(text, /`scp pi@hub\.local:\/etc\/mosquitto\/certs\/ca\.pem ca\.pem`/);
  t.regex(text, /`tls: \{ ca: ca\.pem \}` to broker/);
  t.regex(text, /`\{ port: 8883, tls: \{\} \}` in broker\.listeners, in place of any listener on port 8883$/);
});

test('copies from another port, from an IPv6 address and on this machine', (t) => {
  const command = (...[file, from]: [file: string, from: Parameters<typeof verifyTls>[2]]) =>
    /`([^`]+)`/.exec(verifyTls({ port: 8883, tls: {} }, { file }, from))?.[1];
  t.is(command('/ca.pem', { ...HUB, port: 2222 }), 'scp -P 2222 pi@hub.local:/ca.pem ca.pem');
  t.is(command('/ca.pem', { user: undefined, address: 'fe80::1', port: undefined }), "scp '[fe80::1]:/ca.pem' ca.pem");
  t.is(command('/my ca.pem', undefined), "cp '/my ca.pem' ca.pem");
});

test('says whose certificate is missing, and that users need their own', (t) => {
  const tls = { clients: 'required', identity: 'common-name' } as const;
  const text = verifyTls({ port: 9001, protocol: 'websockets', tls }, { issuer: 'CN=home CA' }, HUB);
  t.regex(text, /its CA \(CN=home CA\)/);
  t.regex(text, /protocol: websockets, tls: \{ clients: required, identity: common-name \} \}/);
  t.regex(text, /users need client certificates/);
});

test('an external broker with TLS: the note says what to copy, and its lines make a lab file that loads', async (t) => {
  const { chain } = await newAuthority('hub');
  const conf = 'listener 1883\npassword_file /p\nlistener 8883\ncertfile /etc/hub.pem\nkeyfile /k\n';
  const broker = filesOf({ [MAIN]: conf, '/p': `hall:${HASH}\n`, '/etc/hub.pem': chain });
  const from = { user: 'pi', address: 'hub.local', port: undefined };
  const place = { external: 'hub.local', software: undefined, from };
  const { text, notes } = await importBroker(broker, { ...TARGET, place });
  t.regex(
    noteText(notes[0] ?? { file: '', text: '' }),
    /:3: .*8883 with TLS: .*`scp pi@hub\.local:\/etc\/hub\.pem ca\.pem`/,
  );
  t.regex(text, /listeners: \[ \{ port: 1883 \} \]/);
  const added = text.replace('{ port: 1883 } ]', '{ port: 1883 }, { port: 8883, tls: {} } ], tls: { ca: ca.pem }');
  const { lab, mistakes } = read(added, { environment: { LAB_PASSWORD_HALL: 'x' }, files: { 'ca.pem': chain } });
  t.deepEqual(mistakes, []);
  t.is(lab?.broker.listeners.length, 2);
});

test('an external broker with TLS alone: the lab file loads once its note is followed', async (t) => {
  const { chain } = await newAuthority('hub');
  const conf = 'listener 8883\ncertfile /c\nkeyfile /k\npassword_file /p\n';
  const broker = filesOf({ [MAIN]: conf, '/p': `hall:${HASH}\n`, '/c': chain });
  const place = { external: 'hub.local', software: undefined };
  const { text, notes } = await importBroker(broker, { ...TARGET, place });
  const [, tls = '', listener = '', port = ''] =
    /add `([^`]+)` to broker, and write `([^`]+)` in .*, in place of .* port (\d+)/.exec(notes[0]?.text ?? '') ?? [];
  const followed = text.replace(`[ { port: ${port} } ]`, `[ ${listener} ], ${tls}`);
  const { lab, mistakes } = read(followed, { environment: { LAB_PASSWORD_HALL: 'x' }, files: { 'ca.pem': chain } });
  t.deepEqual(mistakes, []);
  t.deepEqual(
    lab?.broker.listeners.map((each) => [each.port, each.tls !== undefined]),
    [[8883, true]],
  );
});

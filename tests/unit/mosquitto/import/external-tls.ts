import test from 'ava';
import type { FoundListener } from '../../../../mosquitto/import/conf.ts';
import { findCa, verifyTls } from '../../../../mosquitto/import/external-tls.ts';
import { newAuthority, newCertificate } from '../../../../provisioning/certificates/sign.ts';
import { filesOf } from './_files.ts';

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

import { execFileSync } from 'node:child_process';
import process from 'node:process';
import test from 'ava';
import { Secret } from '../../../../base/secret.ts';
import type { KeyPair } from '../../../../provisioning/certificates/files.ts';
import { LEAF_DAYS, newAuthority, newCertificate, type Purpose } from '../../../../provisioning/certificates/sign.ts';
import {
  commonNameOf,
  covers,
  parse,
  serialOf,
  type Wanted,
  whyRenewed,
} from '../../../../provisioning/certificates/state.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2030-01-01T00:00:00Z');
const later = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
/** Its life begins a day early. */
const LIFE = LEAF_DAYS + 1;
const NAMES = ['hub.local', '127.0.0.1', '198.18.7.1', 'fe80::1', 'HUB', 'a-b.example.org'];

async function makePairs() {
  const authority = await newAuthority('mqtt-lab CA of test', NOW);
  // with the same name, as after a lost CA
  const other = await newAuthority('mqtt-lab CA of test', NOW);
  const make = (purpose: Purpose, ca = authority) => newCertificate(ca, purpose, NOW);
  return {
    ...{ authority, other },
    server: await make({ kind: 'server', names: NAMES }),
    client: await make({ kind: 'client', user: 'sam' }),
    foreign: await make({ kind: 'client', user: 'sam' }, other),
  };
}

let made: ReturnType<typeof makePairs> | undefined;
function pairs() {
  made ??= makePairs();
  return made;
}

type Pairs = Awaited<ReturnType<typeof makePairs>>;
type Case = readonly [pair: KeyPair | undefined, wanted: Omit<Wanted, 'ca'> & { readonly ca?: string | undefined }];

/** [why the certificate is made again, undefined where it stays; the certificate, and what it must be] */
const rows: Readonly<Record<string, readonly [why: RegExp | undefined, of: (p: Pairs) => Case]>> = {
  'no certificate': [/^missing$/, () => [undefined, {}]],
  'no CA': [/^missing$/, ({ client }) => [client, { ca: undefined }]],
  'a new client certificate': [undefined, ({ client }) => [client, { commonName: 'sam' }]],
  'all names': [undefined, ({ server }) => [server, { names: NAMES }]],
  'a host name in other case': [undefined, ({ server }) => [server, { names: ['Hub.Local'] }]],
  'a name that is not covered': [
    /^does not cover kitchen$/,
    ({ server }) => [server, { names: ['127.0.0.1', 'kitchen'] }],
  ],
  'addresses that are not covered': [
    /127\.0\.0\.2, fe80::2$/,
    ({ server }) => [server, { names: ['127.0.0.2', 'hub.local', 'fe80::2'] }],
  ],
  'a part of a name': [/does not cover local/, ({ server }) => [server, { names: ['local'] }]],
  'another user': [/another user/, ({ client }) => [client, { commonName: 'Sam' }]],
  'another CA of the same name': [/not of the lab's CA/, ({ foreign }) => [foreign, { commonName: 'sam' }]],
  'another key': [/unreadable/, ({ client, server }) => [{ chain: client.chain, key: server.key }, {}]],
  'a key that is none': [/unreadable/, ({ client }) => [{ chain: client.chain, key: new Secret('x') }, {}]],
  'a certificate that is none': [/unreadable/, ({ client }) => [{ chain: 'x', key: client.key }, {}]],
  'a CA that is none': [/unreadable/, ({ client }) => [client, { ca: 'x' }]],
  revoked: [/serial number [0-9a-f]{32} is revoked$/, ({ client }) => [client, { revoked: ['01', serial(client)] }]],
  'another one revoked': [undefined, ({ client, server }) => [client, { revoked: [serial(server)] }]],
  'two thirds of its life': [undefined, ({ client }) => [client, { now: later((LIFE * 2) / 3 - 1.1) }]],
  'a third left': [/^expires on 2030-04-01$/, ({ client }) => [client, { now: later((LIFE * 2) / 3 - 0.9) }]],
  'the last hour': [/^expires on 2030-04-01$/, ({ client }) => [client, { now: later(LEAF_DAYS - 0.04) }]],
  expired: [/^expired on 2030-04-01$/, ({ client }) => [client, { now: later(LEAF_DAYS + 1) }]],
};

function serial({ chain }: KeyPair): string {
  const certificate = parse(chain);
  return certificate === undefined ? '' : serialOf(certificate);
}

for (const [name, [why, of]] of Object.entries(rows)) {
  test(`${why === undefined ? 'keeps' : 'renews'}: ${name}`, async (t) => {
    const all = await pairs();
    const [pair, wanted] = of(all);
    const found = whyRenewed(pair, { ca: all.authority.chain, now: NOW, ...wanted });
    if (why === undefined) t.is(found, undefined);
    else t.regex(found ?? '', why);
  });
}

test('reads nothing from text that is no certificate', (t) => {
  t.is(parse(''), undefined);
});

test('a client certificate covers no name, and names its user', async (t) => {
  const certificate = parse((await pairs()).client.chain);
  t.false(certificate !== undefined && covers(certificate, 'sam'));
  t.is(certificate && commonNameOf(certificate), 'sam');
});

test('leaves node:tls whole when it reads a name before anything has loaded it', (t) => {
  const words = ['scripts/bootstrap.js', 'tests/unit/provisioning/certificates/_name-then-tls'];
  t.is(execFileSync(process.execPath, words, { encoding: 'utf8' }), 'sam function\n');
});

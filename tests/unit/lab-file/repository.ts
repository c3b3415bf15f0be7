import test from 'ava';
import { armouredKey } from '../../../lab-file/signing-key.ts';
import { ARMOURED } from '../_signing-key.ts';
import { read, withPart } from './_reading.ts';

const KEY = ARMOURED.replace(/Comment.*\n/, '').replace(/=A1Y0\n/, '');
const binary = Buffer.from(KEY.split('\n').slice(2, -2).join(''), 'base64');
const KEY_ALLOWED = 'an OpenPGP public key is allowed, as `gpg --export` or `gpg --armor --export` writes it';
const ALLOWED = 'debian, mosquitto.org or { url: URL, key: FILE }, also with suite and components, is allowed';
const FILES = { 'keys/repo.asc': ARMOURED, 'repo.gpg': binary, 'other.txt': 'hello' };

test('gives the same text for a key in every form', (t) => {
  for (const form of [ARMOURED, ARMOURED.replaceAll('\n', '\r\n'), `see below\n${ARMOURED}bye\n`, KEY]) {
    t.deepEqual(armouredKey(Buffer.from(form)), { text: KEY });
  }
  t.deepEqual(armouredKey(binary), { text: KEY });
  const twice = armouredKey(Buffer.from(ARMOURED + ARMOURED));
  t.deepEqual(armouredKey(Buffer.concat([binary, binary])), twice);
});

/** Packet types: 0xc5 and 0x94 are secret keys, 0xc2 a signature (RFC 9580, 4.2 and 5). */
const unfit: readonly (readonly [what: string, bytes: Uint8Array, wrong: RegExp])[] = [
  ['nothing', Buffer.alloc(0), /^is not a key; /],
  ['text', Buffer.from('hello'), /^is not a key; /],
  ['a signature', Buffer.of(0xc2, 1, 0), /^is not a key; /],
  ['a private key', Buffer.of(0xc5, 1, 0), /^holds a private key, which only the repository should have; /],
  ['a private key in the older form', Buffer.of(0x94, 1, 0), /^holds a private key/],
  ['an armoured private key', Buffer.from(ARMOURED.replaceAll('PUBLIC', 'PRIVATE').replace('mDME', 'lDME')), /private/],
  ['a film', Buffer.alloc(2 * 1024 * 1024, 0x99), /^is larger than any key; /],
];
for (const [what, bytes, wrong] of unfit) {
  test(`${what} is not a signing key`, (t) => {
    const found = armouredKey(bytes);
    t.regex('wrong' in found ? found.wrong : 'it is taken', wrong);
  });
}

const url = 'http://repo.test:8080/debian';

/** [what `repository` says; what it means] */
const meant: readonly (readonly [written: string, repository: object])[] = [
  ['debian', { kind: 'debian' }],
  [
    'mosquitto.org',
    {
      kind: 'apt',
      url: 'https://repo.mosquitto.org/debian',
      suite: undefined,
      components: ['main'],
      key: { url: 'https://repo.mosquitto.org/debian/mosquitto-repo.gpg' },
    },
  ],
  [
    `{ url: "${url}/", key: keys/repo.asc }`,
    { kind: 'apt', url, suite: undefined, components: ['main'], key: { text: KEY } },
  ],
  [
    `{ url: "${url}", key: repo.gpg, suite: stable/updates, components: [main, contrib] }`,
    { kind: 'apt', url, suite: 'stable/updates', components: ['main', 'contrib'], key: { text: KEY } },
  ],
  [
    `{ url: "${url}", key: "https://repo.test/key.asc" }`,
    { kind: 'apt', url, suite: undefined, components: ['main'], key: { url: 'https://repo.test/key.asc' } },
  ],
];
for (const [written, repository] of meant) {
  test(`repository: ${written}`, (t) => {
    const { lab, mistakes } = read(withPart(`pis: { a: { host: container, repository: ${written} } }`), {
      files: FILES,
    });
    t.deepEqual(mistakes, []);
    t.deepEqual(lab?.pis[0]?.repository, repository);
  });
}

/** [what stands beside `host: container`; its mistakes, from the column where it stands] */
const wrong: readonly (readonly [written: string, ...mistakes: string[]])[] = [
  ['reboot: yes', '38: pis.a.reboot is "yes"; true or false is allowed'],
  ['repository: mosquito.org', `42: pis.a.repository is "mosquito.org" (did you mean "mosquitto.org"?); ${ALLOWED}`],
  ['repository:', `30: pis.a.repository has no value; ${ALLOWED}`],
  [`repository: { url: "${url}" }`, `42: pis.a.repository is a mapping; ${ALLOWED}`],
  [
    'repository: { url: "http://me:hunter2@repo.test/debian", key: repo.gpg }',
    '49: pis.a.repository.url is text; http:// or https:// with a host, optionally a port, and a path is allowed',
  ],
  [
    'repository: { url: "ftp://repo.test", key: repo.gpg }',
    '49: pis.a.repository.url is "ftp://repo.test"; http:// or https:// with a host, optionally a port, and a path is allowed',
  ],
  [
    'repository: { url: "http://repo.test/a\\nTrusted: yes", key: repo.gpg }',
    '49: pis.a.repository.url is "http://repo.test/a\\nTrusted: yes"; http:// or https:// with a host, optionally a port, and a path is allowed',
  ],
  [
    `repository: { url: "${url}", key: repo.gpg, suite: "./" }`,
    '103: pis.a.repository.suite is "./"; the name of a suite is allowed',
  ],
  [
    `repository: { url: "${url}", key: nowhere.asc }`,
    `86: pis.a.repository.key can't be read (ENOENT); ${KEY_ALLOWED}`,
  ],
  [`repository: { url: "${url}", key: other.txt }`, `86: pis.a.repository.key is not a key; ${KEY_ALLOWED}`],
  [
    `repository: { url: "${url}", key: "http://repo.test/key.asc" }`,
    '86: pis.a.repository.key comes over a connection that others can change; a file or an https:// URL is allowed',
  ],
  [
    `repository: { url: "${url}", key: "https://me:hunter2@repo.test/key.asc" }`,
    '86: pis.a.repository.key is not the URL of a file; a file or an https:// URL is allowed',
  ],
];
for (const [written, ...mistakes] of wrong) {
  test(`refuses ${written}`, (t) => {
    t.deepEqual(
      read(withPart(`pis: { a: { host: container, ${written} } }`), { files: FILES }).mistakes,
      mistakes.map((mistake) => `lab.yaml:3:${mistake}`),
    );
  });
}

test('without a login, an unreadable key is not a mistake', (t) => {
  const part = `pis: { a: { host: container, repository: { url: "${url}", key: gone.asc } } }`;
  t.deepEqual(read(withPart(part), { logsIn: false }).mistakes, []);
});

import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import { matchesPassword, passwdEntry, renderPasswd } from '../../../mosquitto/passwd.ts';

/** Written by `mosquitto_passwd -c -b FILE sam 'correct horse'` of 2.0.11. */
const BY_MOSQUITTO_PASSWD =
  '$7$101$ojjgEWFMxDrmHhr6$hz5W9pl/mzmlYJrRmaIFXPSjd0n2No7idXC/k/8UvRWExf6x2K3eZ0aE8IPtF9k4Qyq8zSTEw2xouGxP6cvBIQ==';

const [ID, ITERATIONS, SALT, HASH] = BY_MOSQUITTO_PASSWD.split('$').slice(1);

/** [entry; password; whether the entry belongs to it] */
const rows: readonly (readonly [name: string, entry: string, password: string, expected: boolean])[] = [
  ['an entry by mosquitto_passwd', BY_MOSQUITTO_PASSWD, 'correct horse', true],
  ['another password', BY_MOSQUITTO_PASSWD, 'correct horsE', false],
  ['no password', BY_MOSQUITTO_PASSWD, '', false],
  ['an entry by the lab', passwdEntry('sam'), 'sam', true],
  ['an entry by the lab, another password', passwdEntry('sam'), 'alice', false],
  ['beyond ASCII', passwdEntry('pässwört 🔑'), 'pässwört 🔑', true],
  ['another algorithm', `$6$${SALT}$${HASH}`, 'correct horse', false],
  ['no iterations', `$${ID}$0$${SALT}$${HASH}`, 'correct horse', false],
  ['other iterations', `$${ID}$102$${SALT}$${HASH}`, 'correct horse', false],
  ['too many iterations to try', `$${ID}$99999999$${SALT}$${HASH}`, 'correct horse', false],
  ['no salt', `$${ID}$${ITERATIONS}$$${HASH}`, 'correct horse', false],
  ['half a hash', `$${ID}$${ITERATIONS}$${SALT}$${HASH?.slice(0, 40)}`, 'correct horse', false],
  ['plain text, as before mosquitto_passwd -U', 'correct horse', 'correct horse', false],
  ['empty', '', '', false],
];

for (const [name, entry, password, expected] of rows) {
  test(`compares an entry with a password: ${name}`, (t) => {
    t.is(matchesPassword(entry, password), expected);
  });
}

test('makes an entry with a fresh salt of at most 12 bytes and a 64-byte hash, without the password', (t) => {
  const [one, other] = [passwdEntry('swordfish'), passwdEntry('swordfish')];
  t.not(one, other);
  const [, kind, iterations, salt = '', hash = ''] = one.split('$');
  t.deepEqual([kind, Number(iterations) > 0], ['7', true]);
  const saltBytes = Buffer.from(salt, 'base64').length;
  t.true(saltBytes >= 8 && saltBytes <= 12, `${saltBytes} bytes of salt`);
  t.is(Buffer.from(hash, 'base64').length, 64);
  t.false(one.includes('swordfish'));
});

const users = [
  { name: 'sam', password: new Secret('correct horse') },
  { name: 'alice', password: new Secret('alice') },
];

test('writes the users in their order, each with an entry of their password', (t) => {
  const lines = renderPasswd(users, '').split('\n');
  t.is(lines.pop(), '');
  t.deepEqual(
    lines.map((line) => line.split(':')[0]),
    ['sam', 'alice'],
  );
  t.true(matchesPassword(lines[0]?.slice('sam:'.length) ?? '', 'correct horse'));
  t.true(matchesPassword(lines[1]?.slice('alice:'.length) ?? '', 'alice'));
});

test('keeps an entry of the right password, so that a second run changes nothing', (t) => {
  const first = renderPasswd(users, `sam:${BY_MOSQUITTO_PASSWD}\n`);
  t.true(first.startsWith(`sam:${BY_MOSQUITTO_PASSWD}\nalice:$7$`));
  t.is(renderPasswd(users, first), first);
  t.is(renderPasswd(users, `# a comment\n\n${first}`), first);
});

test('replaces an entry of another password and drops that of a removed user', (t) => {
  const current = `bob:${BY_MOSQUITTO_PASSWD}\nalice:${BY_MOSQUITTO_PASSWD}\nsam:${BY_MOSQUITTO_PASSWD}\n`;
  const [sam, alice = '', rest] = renderPasswd(users, current).split('\n');
  t.is(sam, `sam:${BY_MOSQUITTO_PASSWD}`);
  t.true(matchesPassword(alice.slice('alice:'.length), 'alice'));
  t.is(rest, '');
});

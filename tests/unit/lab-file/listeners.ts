import test from 'ava';
import { Secret } from '../../../base/secret.ts';
import type { Listener, User } from '../../../lab-file/lab.ts';
import { bestListener, canUse, listenerText, plainListener } from '../../../lab-file/listeners.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const PLAIN = plainListener(1883);
const TLS: Listener = { ...PLAIN, port: 8883, tls: { clients: 'none', identity: 'password' } };
const BOTH: Listener = { ...PLAIN, port: 8884, tls: { clients: 'required', identity: 'password' } };
const NAMED: Listener = { ...PLAIN, port: 8885, tls: { clients: 'required', identity: 'common-name' } };
const secure = (listener: Listener): Listener => ({ ...listener, port: listener.port + 1000, protocol: 'websockets' });

const password = new Secret('x');
const SAM: User = { name: 'sam', password };
const LOCK: User = { name: 'lock', password: undefined, certificate: 'lab' };
const BOB: User = { name: 'bob', password, certificate: { certificate: '/c', key: '/k' } };

/** [listener; who may log in there: a password alone, a certificate alone, both] */
const rows: readonly (readonly [listener: Listener, sam: boolean, lock: boolean, bob: boolean])[] = [
  [PLAIN, true, false, true],
  [TLS, true, false, true],
  [BOTH, false, false, true],
  [NAMED, false, true, true],
];

for (const [listener, ...expected] of rows) {
  test(`lets in at ${listenerText(listener)}: ${expected.join(', ')}`, (t) => {
    const users = [SAM, LOCK, BOB].map((user) =>
      canUse(listener, { hasPassword: user.password !== undefined, hasCertificate: user.certificate !== undefined }),
    );
    t.deepEqual(users, expected);
    t.deepEqual(
      [SAM, LOCK, BOB].map((user) => bestListener([listener], user) === listener),
      expected,
    );
  });
}

/** [listeners in the order of the file; who; the port of the best one] */
const choices: readonly (readonly [listeners: readonly Listener[], user: User, port: number | undefined])[] = [
  [[], SAM, undefined],
  [[PLAIN, TLS], SAM, 8883],
  [[PLAIN, secure(PLAIN)], SAM, 1883],
  [[PLAIN, secure(TLS)], SAM, 9883],
  [[secure(TLS), TLS], SAM, 8883],
  [[NAMED, BOTH, TLS], BOB, 8883],
  [[NAMED, BOTH], BOB, 8884],
  [[PLAIN, NAMED], LOCK, 8885],
  [[secure(NAMED), PLAIN], BOB, 9885],
  [[PLAIN, TLS, BOTH], LOCK, undefined],
  [[TLS, { ...TLS, port: 8000 }], SAM, 8883],
];

for (const [listeners, user, port] of choices) {
  test(`chooses for ${user.name} of ${listeners.map((one) => one.port).join(', ')}: ${port}`, (t) => {
    t.is(bestListener(listeners, user)?.port, port);
  });
}

test('a chosen listener comes first, where the user may log in there', (t) => {
  const chosen = (listener: Listener) => ({ ...listener, isChosen: true }) as const;
  t.is(bestListener([TLS, chosen(secure(PLAIN))], SAM)?.port, 2883);
  t.is(bestListener([chosen(PLAIN), NAMED], LOCK)?.port, 8885);
});

test('the default lab has one plain listener on 1883 for everybody', (t) => {
  t.deepEqual(labOf(TWO_USERS).broker.listeners, [{ port: 1883, bind: 'all', protocol: 'mqtt', tls: undefined }]);
  t.deepEqual(labOf(`${TWO_USERS}broker: { port: 1884 }`).broker.listeners, [plainListener(1884)]);
});

/** Each kind has words of its own, of which a person recognises the parts. */
test('says in words what a listener is', (t) => {
  const texts = [PLAIN, TLS, BOTH, NAMED, secure(PLAIN), secure(TLS), secure(BOTH)].map(listenerText);
  t.is(new Set(texts).size, texts.length);
  t.is(texts[0], 'MQTT');
  t.regex(texts[1] ?? '', /over TLS$/);
  t.regex(texts[2] ?? '', /TLS.*client certificates$/);
  t.regex(texts[3] ?? '', /client certificates.* name the user/);
  t.regex(texts[5] ?? '', /secure WebSockets/);
});

import test from 'ava';
import { passphraseFault } from '../../../lab-file/wifi.ts';
import { type Reading, read } from './_reading.ts';

const withWifi = (wifi: string, host = 'ssh://h') =>
  `name: a\nusers: { sam: { password: x } }\npis:\n  pi:\n    host: ${host}\n    wifi: ${wifi}\n`;

const GIVEN: Reading = { environment: { WIFI: 'correct horse' }, cardOf: 'pi' };

test('reads the Wi-Fi of a Pi, with its password from a variable, which it removes', (t) => {
  const environment = { WIFI: 'correct horse' };
  const text = withWifi('{ ssid: "NO", password: { env: WIFI }, country: NO }');
  const { lab, mistakes } = read(text, { environment, cardOf: 'pi' });
  t.deepEqual(mistakes, []);
  const wifi = lab?.pis[0]?.wifi;
  t.deepEqual([wifi?.ssid, wifi?.country, wifi?.password?.reveal()], ['NO', 'NO', 'correct horse']);
  t.deepEqual(environment, {});
  t.false(JSON.stringify(lab).includes('horse'));
});

test('only the command that makes a card needs the password, and reads it', (t) => {
  const text = withWifi('{ ssid: Home, password: { env: UNSET }, country: SE }');
  t.deepEqual(read(text).mistakes, []);
  const environment = { UNSET: 'correct horse' };
  const { lab } = read(text, { environment });
  t.is(lab?.pis[0]?.wifi?.password, undefined);
  t.deepEqual(environment, {});
  t.regex(read(text, { cardOf: 'pi' }).mistakes.join(), /^lab\.yaml:6:35: pis\.pi\.wifi\.password .*UNSET.*not set/);
});

test('a card needs the password of its Pi, and no other', (t) => {
  const text = [
    'name: a',
    'users: { sam: { password: { env: UNSET } } }',
    `pis: { pi: { host: "ssh://pi@pi", password: { env: UNSET } }, other: { host: "ssh://o", password: { env: UNSET } } }`,
  ].join('\n');
  const { mistakes } = read(text, { logsIn: false, cardOf: 'pi' });
  t.is(mistakes.length, 1, mistakes.join('\n'));
  t.regex(mistakes.join(), /pis\.pi\.password/);
});

/** [the Wi-Fi as written, from column 11 of line 6; the column and the mistake] */
const refused: readonly (readonly [written: string, mistake: RegExp, reading?: Reading])[] = [
  ['Home', /^lab\.yaml:6:11: pis\.pi\.wifi is "Home"; a mapping is allowed/],
  ['{ password: { env: WIFI }, country: SE }', /^lab\.yaml:6:5: pis\.pi\.wifi\.ssid is missing; the name/],
  [`{ ssid: ${'é'.repeat(17)}, password: { env: WIFI }, country: SE }`, /^lab\.yaml:6:19: .*ssid is too long; .* 32 /],
  ['{ ssid: "", password: { env: WIFI }, country: SE }', /^lab\.yaml:6:19: .*ssid is empty; /],
  ['{ ssid: "<<", password: { env: WIFI }, country: SE }', /^lab\.yaml:6:19: .*ssid is "<<"; .* and not <</],
  [
    '{ ssid: "a\\u2028", password: { env: WIFI }, country: SE }',
    /^lab\.yaml:6:19: .*ssid is [\s\S]+; .*without control/,
  ],
  [
    '{ ssid: "a\\uFFFE", password: { env: WIFI }, country: SE }',
    /^lab\.yaml:6:19: .*ssid is [\s\S]+; .*without control/,
  ],
  ['{ ssid: Home, country: SE }', /^lab\.yaml:6:5: .*password is missing; \{ env/],
  ['{ ssid: Home, password: hunter22, country: SE }', /^lab\.yaml:6:35: .*password is text; \{ env/],
  ['{ ssid: Home, password: { env: WIFI } }', /^lab\.yaml:6:5: .*country is missing; a country code/],
  ['{ ssid: Home, password: { env: WIFI }, country: se }', /^lab\.yaml:6:59: .*country is "se"; .*upper-case/],
  ['{ sid: Home, ssid: A, password: { env: WIFI }, country: SE }', /^lab\.yaml:6:13: .*unknown key "sid".*"ssid"/],
  [
    '{ ssid: Home, password: { env: WIFI }, country: SE }',
    /^lab\.yaml:6:35: pis\.pi\.wifi\.password is no password of a Wi-Fi network; 8 to 63/,
    { environment: { WIFI: 'hunter2' }, cardOf: 'pi' },
  ],
  ['{ ssid: Home, password: { file: none }, country: SE }', /^lab\.yaml:6:35: .*file "none".*ENOENT/],
];

for (const [written, mistake, reading = GIVEN] of refused) {
  test(`refuses ${written.slice(0, 50)}, where it stands: ${mistake.source.slice(-30)}`, (t) => {
    const { mistakes } = read(withWifi(written), { ...reading, environment: { ...reading.environment } });
    t.is(mistakes.length, 1, mistakes.join('\n'));
    t.regex(mistakes.join(), mistake);
    t.false(mistakes.join().includes('hunter'));
  });
}

test('refuses Wi-Fi for an emulated Pi', (t) => {
  const text = withWifi('{ ssid: Home, password: { env: WIFI }, country: SE }', 'container');
  t.regex(read(text).mistakes.join(), /^lab\.yaml:6:5: pis\.pi\.wifi has no effect without SSH/);
});

const passwords: readonly (readonly [text: string, isAllowed: boolean])[] = [
  ['1234567', false],
  ['12345678', true],
  ['x'.repeat(63), true],
  ['x'.repeat(64), false],
  ['0aF'.repeat(21).concat('0'), true],
  ['pässwörter', false],
];

for (const [text, isAllowed] of passwords) {
  test(`${isAllowed ? 'accepts' : 'refuses'} a Wi-Fi password of ${text.length} characters: ${text.slice(0, 3)}`, (t) => {
    t.is(passphraseFault(text) === undefined, isAllowed);
  });
}

import test from 'ava';
import { clientSettings, type MqttOptions } from '../../../scripts/mqtt-options.ts';
import { readsAny } from '../../../scripts/subscribe.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const LAB = labOf(
  `${TWO_USERS}broker: { host: local, maxKeepAlive: 45 }\ntopics: { home/door: { publish: [sam], subscribe: [alice] } }\n`,
);
const FILTERS = labOf(`${TWO_USERS}topics:
  "home/+/door": { subscribe: [alice] }
  "home/secret/door": { deny: [alice] }
  "own/%u/#": { subscribe: [all] }
  "clients/%c/state": { subscribe: [all] }
`);
const OPTIONS: MqttOptions = { as: 'sam', qos: 0, mqtt: '3.1.1' };

type Refused = { name: string; options: Partial<MqttOptions>; topic?: string; message: RegExp };

const REFUSED: readonly Refused[] = [
  {
    name: 'an unknown user',
    options: { as: 'bob' },
    message: /^--as bob: the lab file has no such user; it has sam, alice$/,
  },
  { name: '--will-topic without a will', options: { willTopic: 'a' }, message: /^--will-topic .*needs --will$/ },
  { name: '--will-qos without a will', options: { willQos: 0 }, message: /^--will-qos .*needs --will$/ },
  { name: '--will-retain without a will', options: { willRetain: true }, message: /^--will-retain .*needs --will$/ },
  {
    name: "a wildcard in the will's topic",
    options: { will: 'x', willTopic: 'a/#' },
    message: /^--will-topic a\/# has a wildcard/,
  },
  { name: 'a will to a filter', options: { will: 'x' }, topic: '#', message: /has a wildcard.*: add --will-topic$/ },
  { name: 'a persistent session without a name', options: { clientId: '', qos: 1 }, message: /^--client-id is empty/ },
  {
    name: "a keep alive beyond the broker's",
    options: { keepAlive: 46 },
    message: /^--keep-alive 46: .*must be 1 to 45/,
  },
  {
    name: 'no keep alive where the broker wants one',
    options: { keepAlive: 0 },
    message: /^--keep-alive 0: .*must be 1 to 45/,
  },
];

for (const { name, options, topic = 'home/door', message } of REFUSED) {
  test(`${name} is refused`, (t) => {
    t.throws(() => clientSettings(LAB, 'publish', topic, { ...OPTIONS, ...options }), {
      name: 'InputError',
      message,
    });
  });
}

test('reports every mistake at once', (t) => {
  const options = { ...OPTIONS, as: 'bob', willQos: 1, keepAlive: 99 } as const;
  const { message = '' } = t.throws(() => clientSettings(LAB, 'publish', 'a', options)) ?? {};
  t.deepEqual(message.match(/^--[a-z-]+/gm), ['--as', '--will-qos', '--keep-alive']);
});

test("an external broker's limits are not known", (t) => {
  const lab = labOf(`${TWO_USERS}broker: { host: external, address: mqtt.example.org }\n`);
  t.is(clientSettings(lab, 'publish', 'a', { ...OPTIONS, keepAlive: 65_535 }).keepAlive, 65_535);
});

test('a persistent session has the same client id each time, a clean one a new one', (t) => {
  const idOf = (options: Partial<MqttOptions>) =>
    clientSettings(LAB, 'publish', 'a', { ...OPTIONS, ...options }).clientId;
  t.is(idOf({ qos: 1 }), 'two-sam-publish');
  t.not(idOf({}), idOf({}));
  t.not(idOf({ qos: 1, clean: true }), 'two-sam-publish');
  t.is(idOf({ clientId: '' }), '');
});

test('the default keep alive keeps to the limit', (t) => {
  t.is(clientSettings(LAB, 'publish', 'a', OPTIONS).keepAlive, 45);
});

for (const [user, filter, wanted] of [
  ['alice', '#', true],
  ['alice', 'home/+', true],
  ['alice', 'home/door', true],
  ['alice', 'garden/#', false],
  ['sam', '#', false],
] as const) {
  test(`${user} ${wanted ? 'gets something' : 'gets nothing'} of ${filter}`, (t) =>
    t.is(readsAny(LAB, user, filter), wanted));
}

for (const [filter, wanted, clientId] of [
  ['home/+/door', true],
  ['home/#', true],
  ['+/hall/+', true],
  ['$share/group/#', true],
  ['home/hall/door', true],
  ['home/secret/door', false],
  ['home/+', false],
  ['own/alice/a', true],
  ['own/sam/#', false],
  ['own/+', true],
  ['clients/+/state', true],
  ['clients/c1/+', true, 'c1'],
  ['clients/c1/+', false, 'c2'],
  ['clients/+/state', true, ''],
] as const) {
  test(`alice ${wanted ? 'gets something' : 'gets nothing'} of ${filter} as ${clientId} by rights on filters`, (t) =>
    t.is(readsAny(FILTERS, 'alice', filter, clientId), wanted));
}

test('gets nothing of a filter that is denied', (t) => {
  const lab = labOf(`${TWO_USERS}topics: { "a/#": { subscribe: [all], deny: [sam] } }`);
  t.deepEqual(
    ['sam', 'alice'].map((user) => readsAny(lab, user, 'a/+')),
    [false, true],
  );
});

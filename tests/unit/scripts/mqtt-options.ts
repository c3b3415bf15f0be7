import test from 'ava';
import { clientSettings, type MqttOptions } from '../../../scripts/mqtt-options.ts';
import { readsAny } from '../../../scripts/subscribe.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const LAB = labOf(
  `${TWO_USERS}broker: { host: local, maxKeepAlive: 45 }\ntopics: { home/door: { publish: [sam], subscribe: [alice] } }\n`,
);
const OPTIONS: MqttOptions = { as: 'sam', qos: 0, mqtt: '3.1.1' };

type Refused = { name: string; options: Partial<MqttOptions>; topic?: string; told: RegExp };

const REFUSED: readonly Refused[] = [
  {
    name: 'an unknown user',
    options: { as: 'bob' },
    told: /^--as bob: the lab file has no such user; it has sam, alice$/,
  },
  { name: 'a topic of a will that is none', options: { willTopic: 'a' }, told: /^--will-topic .*add --will$/ },
  { name: 'a QoS of a will that is none', options: { willQos: 0 }, told: /^--will-qos .*add --will$/ },
  { name: 'a retained will that is none', options: { willRetain: true }, told: /^--will-retain .*add --will$/ },
  {
    name: "a wildcard in the will's topic",
    options: { will: 'x', willTopic: 'a/#' },
    told: /^--will-topic a\/# has a wildcard/,
  },
  { name: 'a will to a filter', options: { will: 'x' }, topic: '#', told: /has a wildcard.*: give --will-topic$/ },
  { name: 'a persistent session without a name', options: { clientId: '', qos: 1 }, told: /^--client-id is empty/ },
  {
    name: "a keep alive beyond the broker's",
    options: { keepAlive: 46 },
    told: /^--keep-alive 46: .*1 to 45 is allowed/,
  },
  {
    name: 'no keep alive where the broker wants one',
    options: { keepAlive: 0 },
    told: /^--keep-alive 0: .*1 to 45 is allowed/,
  },
];

for (const { name, options, topic = 'home/door', told } of REFUSED) {
  test(`${name} is refused`, (t) => {
    t.throws(() => clientSettings(LAB, 'publish', topic, { ...OPTIONS, ...options }), {
      name: 'InputError',
      message: told,
    });
  });
}

test('every mistake is told at once', (t) => {
  const options = { ...OPTIONS, as: 'bob', willQos: 1, keepAlive: 99 } as const;
  const { message = '' } = t.throws(() => clientSettings(LAB, 'publish', 'a', options)) ?? {};
  t.deepEqual(message.match(/^--[a-z-]+/gm), ['--as', '--will-qos', '--keep-alive']);
});

test("an external broker's limits are not known", (t) => {
  const lab = labOf(`${TWO_USERS}broker: { host: external, address: mqtt.example.org }\n`);
  t.is(clientSettings(lab, 'publish', 'a', { ...OPTIONS, keepAlive: 65_535 }).keepAlive, 65_535);
});

test('a persistent session has the same name every time, a clean one a fresh one', (t) => {
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

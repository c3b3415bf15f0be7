import test from 'ava';
import type { TopicAction } from '../../../lab-file/may.ts';
import { may, willWidens, writes } from '../../../lab-file/may.ts';
import { readLab } from '../../../lab-file/read.ts';
import { labOf, TWO_USERS } from '../_lab.ts';

const lab = readLab('lab.yaml', { environment: {}, interfaces: {} });

const ALL: readonly TopicAction[] = ['publish', 'subscribe', 'lastWill'];

const rows: readonly (readonly [user: string, topic: string, actions: readonly TopicAction[], writes: boolean])[] = [
  ['sam', 'status', ['publish', 'lastWill'], true],
  ['alice', 'status', ['subscribe', 'lastWill'], true],
  ['sam', 'test', ['publish'], true],
  ['alice', 'test', ['subscribe'], false],
  ['bob', 'status', [], false],
  ['sam', 'Status', [], false],
  ['sam', 'status/sub', [], false],
  ['sam', '#', [], false],
  ['', '', [], false],
];

for (const [user, topic, actions, write] of rows) {
  test(`${user} on ${topic}`, (t) => {
    t.deepEqual(
      ALL.filter((action) => may(lab, user, action, topic)),
      actions,
    );
    t.is(writes(lab, user, topic), write);
  });
}

const FILTERS = `${TWO_USERS}
groups: { people: [alice], nobody: [] }
topics:
  "home/+/temperature": { publish: [sam], subscribe: [people] }
  "home/#": { subscribe: [sam] }
  "home/secret": { deny: [all] }
  "home/private/#": { deny: [sam], publish: [sam, nobody], lastWill: [all] }
  "+": { publish: [people] }
  "#": { lastWill: [alice] }
  "$SYS/#": { subscribe: [sam] }
  "own/%u/#": { publish: [sam], subscribe: [all] }
  "own/+/open": { deny: [alice] }
  "clients/%c/+": { publish: [all] }
  "%c": { publish: [all], subscribe: [all] }
`;

/** [user; topic; what the user may do there; as which client] */
const filtered: readonly (readonly [user: string, topic: string, actions: string, clientId?: string])[] = [
  ['sam', 'home/hall/temperature', 'publish subscribe'],
  ['alice', 'home/hall/temperature', 'subscribe lastWill'],
  ['sam', 'home//temperature', 'publish subscribe'],
  ['sam', 'home/hall/floor/temperature', 'subscribe'],
  ['sam', 'home/hall/temperature/', 'subscribe'],
  ['sam', 'home/hall/Temperature', 'subscribe'],
  ['sam', 'home', 'subscribe'],
  ['sam', 'home/', 'subscribe'],
  ['sam', 'homes', ''],
  ['alice', 'home', 'publish lastWill'],
  ['alice', 'home/', 'lastWill'],
  ['alice', '/', 'lastWill'],
  // deny wins, whichever rule says it and wherever it stands
  ['sam', 'home/secret', ''],
  ['alice', 'home/secret', ''],
  ['sam', 'home/secret/more', 'subscribe'],
  ['sam', 'home/private', ''],
  ['sam', 'home/private/temperature', ''],
  ['alice', 'home/private/temperature', 'subscribe lastWill'],
  ['alice', 'own/alice/open', ''],
  ['alice', 'own/sam/open', ''],
  // no wildcard covers what begins with $, and the broker alone publishes there
  ['sam', '$SYS/broker/uptime', 'subscribe'],
  ['sam', '$SYS', 'subscribe'],
  ['alice', '$SYS/broker/uptime', ''],
  ['alice', '$SYS', ''],
  ['sam', '$SYS', 'subscribe', '$SYS'],
  ['sam', '$share', 'subscribe', '$share'],
  // each user below their own name
  ['sam', 'own/sam/a/b', 'publish subscribe'],
  ['sam', 'own/sam', 'publish subscribe'],
  ['sam', 'own/alice/a', ''],
  ['sam', 'own/%u/a', ''],
  ['alice', 'own/alice/a', 'subscribe lastWill'],
  // each client below its own id
  ['sam', 'clients/c1/state', 'publish', 'c1'],
  ['sam', 'clients/c1/state', '', 'c2'],
  ['sam', 'clients/c1/state', ''],
  ['sam', 'clients/%c/state', ''],
  ['sam', 'clients/a/b/state', 'publish', 'a/b'],
  ['sam', 'clients//state', '', ''],
  ['alice', 'c1', 'publish subscribe lastWill', 'c1'],
  // to a client with such an id, Mosquitto applies no pattern, but the rules of its user
  ['sam', 'clients/a/state', '', '+'],
  ['sam', 'own/sam/a', 'publish', 'a+'],
  ['alice', 'own/alice/a', 'lastWill', '#'],
  // a filter is no topic
  ['sam', 'home/+/temperature', ''],
  ['sam', 'home/#', ''],
  ['alice', '', ''],
  ['bob', 'home/hall/temperature', ''],
  ['all', 'own/all/a', ''],
];

for (const [user, topic, actions, clientId] of filtered) {
  test(`${user} on ${topic} below filters${clientId === undefined ? '' : ` as ${clientId}`}`, (t) => {
    const rights = labOf(FILTERS);
    t.is(ALL.filter((action) => may(rights, user, action, topic, clientId)).join(' '), actions);
    t.is(writes(rights, user, topic, clientId), /publish|lastWill/.test(actions));
  });
}

/** [topics of a lab of sam and alice; the topics to which a last will lets them publish] */
const widened: readonly (readonly [topics: string, topics: readonly string[]])[] = [
  ['{ a: { publish: [sam], lastWill: [all] } }', ['alice a']],
  ['{ a: { lastWill: [sam] }, "#": { publish: [sam] } }', []],
  ['{ "a/#": { lastWill: [sam] }, "a/+": { publish: [sam] } }', ['sam a/#']],
  ['{ "a/+": { lastWill: [sam] }, "a/#": { publish: [sam] } }', []],
  ['{ a: { lastWill: [all] }, "+": { deny: [sam] } }', ['alice a']],
  ['{ "a/%u": { lastWill: [all] }, "a/sam": { publish: [sam] } }', ['alice a/alice']],
  ['{ a/sam: { lastWill: [all] }, "a/%u": { publish: [all] } }', ['alice a/sam']],
  ['{ "a/%c": { lastWill: [all] }, "a/+": { publish: [sam] } }', ['alice a/%c']],
];

for (const [topics, wider] of widened) {
  test(`finds where a last will widens the rights: ${topics}`, (t) => {
    const found = willWidens(labOf(`${TWO_USERS}topics: ${topics}`));
    t.deepEqual(
      found.map(({ user, topic }) => `${user} ${topic}`),
      wider,
    );
  });
}

test('an undeclared user has no right', (t) => {
  const rules = [{ filter: 'status', publish: ['bob'], subscribe: [], lastWill: [], deny: [], patterns: [] }];
  t.false(may({ ...lab, rules }, 'bob', 'publish', 'status'));
});

test('a last will widens the rights of a user whom publish does not name', (t) => {
  t.deepEqual(willWidens(lab), [{ user: 'alice', topic: 'status' }]);
});

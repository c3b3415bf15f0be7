import test from 'ava';
import { families } from '../../../checks/families.ts';
import { openTestLab } from '../../../checks/harness/test-lab.ts';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { labOf } from '../_lab.ts';

const USERS = 'sam: { password: sam }, alice: { password: alice }';
const TOPICS = 'status: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] }';
const HOST = { kind: 'local' } as const;

/** Ids of the checks that a lab file gives; nothing is connected to. */
function idsOf(users: string, topics: string, broker: 'local' | 'external' = 'local', pis: readonly string[] = []) {
  const address = broker === 'external' ? ', address: 127.0.0.1' : '';
  const lab = labOf(`name: l\nbroker: { host: ${broker}${address} }\nusers: { ${users} }\ntopics: { ${topics} }\n`);
  const at = { address: '127.0.0.1', port: 1883 };
  const live: LiveLab = {
    lab,
    broker: { ...at, host: broker === 'local' ? HOST : undefined, version: undefined },
    pis: pis.map((name) => ({ name, host: HOST, broker: at })),
  };
  const testLab = openTestLab(live, new AbortController().signal);
  return Object.values(families).flatMap((plan) => plan(testLab).map(({ id }) => id));
}

test('every check has an id of its own, whatever the lab', (t) => {
  const labs = [
    idsOf(USERS, TOPICS),
    idsOf(USERS, `${TOPICS}, a.b: {}, "a b": { publish: [alice] }`, 'local', ['hall', 'kitchen']),
    idsOf(`${USERS}, "sam.nul": { password: x }`, TOPICS, 'external'),
    idsOf('sam: { password: sam }', '', 'external'),
  ];
  for (const ids of labs) {
    t.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    t.true(ids.length > 0);
  }
});

test('a user more gives every check of a user, a topic more every check of a topic', (t) => {
  const before = new Set<string>(idsOf(USERS, TOPICS));
  const added = (users: string, topics: string) => idsOf(users, topics).filter((id) => !before.has(id));
  const withUser = added(`${USERS}, bob: { password: bob }`, TOPICS);
  for (const id of [
    'auth.accepted.v311.bob.this-machine',
    'auth.wrong-password.v5.bob.nul.this-machine',
    'acl.publish.status.bob.q0.v311',
    'acl.publish.status.bob.q2.v5',
    'acl.subscribe.status.bob.hash.v311',
    'acl.will.status.bob.v5',
    'acl.retain-clear.status.bob.v311',
    'acl.sys.bob.v5',
    'acl.undeclared.bob.v311',
  ] as const) {
    t.true(withUser.includes(id), id);
  }
  t.true(withUser.every((id) => id.includes('.bob.')));
  const withTopic = added(USERS, `${TOPICS}, lock: { publish: [sam], subscribe: [alice], lastWill: [sam] }`);
  for (const id of [
    'acl.publish.lock.alice.q1.v5',
    'acl.subscribe.lock.sam.plus.v311',
    'acl.retain-set.lock.sam.v5',
    'will.rst.publisher.lock.v311',
    'will.delay.subscriber.lock.v5',
  ] as const) {
    t.true(withTopic.includes(id), id);
  }
  t.true(withTopic.every((id) => id.includes('.lock')));
});

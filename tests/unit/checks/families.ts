import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { families } from '../../../checks/families.ts';
import { openTestLab } from '../../../checks/harness/test-lab.ts';
import type { LiveLab } from '../../../deployment/live-lab.ts';
import { labOf } from '../_lab.ts';
import { liveBrokerAt, livePiAt } from '../_live.ts';

const USERS = 'sam: { password: sam }, alice: { password: alice }';
const TOPICS = 'status: { publish: [sam], subscribe: [alice], lastWill: [sam, alice] }';

/** The checks that a lab file gives; nothing is connected to. */
function checksOf(users: string, topics: string, broker: 'local' | 'external' = 'local', pis: readonly string[] = []) {
  const address = broker === 'external' ? ', address: 127.0.0.1' : '';
  const lab = labOf(`name: l\nbroker: { host: ${broker}${address} }\nusers: { ${users} }\ntopics: { ${topics} }\n`);
  const at = { address: '127.0.0.1', port: 1883 };
  const live: LiveLab = {
    lab,
    broker: liveBrokerAt(at, { host: broker === 'local' ? { kind: 'local' } : undefined }),
    pis: pis.map((name) => livePiAt(name, at)),
  };
  const testLab = openTestLab(live, new AbortController().signal);
  return Object.values(families).flatMap((plan) => plan(testLab));
}

function idsOf(...lab: Parameters<typeof checksOf>) {
  return checksOf(...lab).map(({ id }) => id);
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

/** [beginning of an id; what a reader of its record finds as subject] */
const SUBJECTS: readonly (readonly [begins: string, subject: object])[] = [
  ['auth.wrong-password.v5.sam.nul.this-machine', { kind: 'login', attempt: 'wrong-password' }],
  ['auth.anonymous.v311.hall%2E1', { kind: 'login', attempt: 'anonymous' }],
  ['acl.publish.a%2Eb.sam.q1', { kind: 'right', user: 'sam', topic: 'a.b', right: 'publish' }],
  ['acl.retain-clear.status.alice', { kind: 'right', user: 'alice', topic: 'status', right: 'retain-clear' }],
  ['acl.subscribe.status.alice.hash', { kind: 'right', user: 'alice', topic: 'status', right: 'subscribe' }],
  ['acl.will.status.sam', { kind: 'right', user: 'sam', topic: 'status', right: 'will' }],
  ['install.rights', { kind: 'broker file' }],
  ['install.message.', { kind: 'message', way: 'broker host to Pi' }],
  ['qos.host-to-pi.q1.', { kind: 'message', way: 'this machine to Pi', qos: 1 }],
  ['qos.paho-publishes.q2.', { kind: 'message', way: 'paho to this machine', qos: 2 }],
  ['qos.matrix.p2s1.v5', { kind: 'qos pair', published: 2, requested: 1, version: '5' }],
  ['qos.sequence.q0.', { kind: 'sequence', qos: 0 }],
  ['qos.size.q1.10000.', { kind: 'size', qos: 1, payloadBytes: 10_000 }],
  ['qos.latency.q2.nagle.', { kind: 'latency', qos: 2, noDelay: false }],
  ['keepalive.traffic.25s.mosquitto.idle.', { kind: 'traffic', keepAlive: 25, client: 'mosquitto', activity: 'idle' }],
  ['keepalive.expiry.5s.v311', { kind: 'expiry', keepAlive: 5, version: '3.1.1' }],
  ['keepalive.receive-only.5s.v5', { kind: 'receive-only', keepAlive: 5, version: '5' }],
  ['keepalive.limit.v5', { kind: 'keep-alive limit', version: '5' }],
  ['will.fin.subscriber.status.v5', willOf('fin', 'subscriber', '5')],
  ['will.delay.publisher.status.v5', willOf('delay', 'publisher', '5')],
  ['will.retained.publisher.status.v311', willOf('retained', 'publisher', '3.1.1')],
  ['will.killed.publisher.status.this-machine', willOf('killed', 'publisher')],
  ['will.silent.subscriber.status.hall%2E1', willOf('silent', 'subscriber')],
  ['restart.crash.will', willOf('crash', 'publisher')],
];

function willOf(cause: string, role: string, version?: string): object {
  return { kind: 'last will', cause, role, topic: 'status', ...(version === undefined ? {} : { version }) };
}

for (const [begins, subject] of SUBJECTS) {
  test(`${begins} has its subject`, (t) => {
    const all = checksOf(USERS, `${TOPICS}, a.b: { publish: [sam] }`, 'local', ['hall.1']);
    const found = all.filter(({ id }) => id.startsWith(begins));
    t.true(found.length > 0);
    for (const check of found) t.deepEqual(check.subject, subject);
  });
}

test('a check that acts on a Pi says so', (t) => {
  const ids = checksOf(USERS, TOPICS, 'local', ['hall']).filter(({ id }) => /\.hall(\.|$)/.test(id));
  t.true(ids.length > 20);
  for (const { id, host } of ids) t.is(host, 'hall', id);
});

test('the smoke tests declare every family', async (t) => {
  const folder = fileURLToPath(new URL('../../smoke', import.meta.url));
  const texts = await Promise.all((await readdir(folder)).map((file) => readFile(path.join(folder, file), 'utf8')));
  const declared = texts.flatMap((text) => /^await declareChecks\(\{ (.*) \}\);$/m.exec(text)?.[1]?.split(', ') ?? []);
  t.deepEqual(declared.sort(), Object.keys(families).sort());
});

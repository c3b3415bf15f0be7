import test from 'ava';
import { type Hole, openAedes, type Rights } from './support/aedes.ts';
import { verifyExternal } from './support/external.ts';

const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};
/** What a default Mosquitto takes of one client (mosquitto.conf(5), max_inflight_messages). */
const IN_FLIGHT = 20;
const VERIFY_MS = 60_000;

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('a broker that refuses, closes and speaks 3.1.1 only: no false alarm, from this machine alone', async (t) => {
  await using broker = await openAedes(RIGHTS);
  const verified = await verifyExternal(RIGHTS, broker.port, ['--quick'], VERIFY_MS);
  t.deepEqual(verified.findings, {});
  t.is(verified.code, 0);
  t.is(verified.verdict, 'pass');
  t.is(verified.skipped('install.message'), 'the broker is external: its host is never touched');
  t.is(verified.skipped('will.killed.publisher.status'), 'lab.yaml declares no Pi');
  const v5 = verified.checks.filter(({ id }) => id.split('.').includes('v5'));
  t.true(v5.length > 10);
  for (const { id } of v5) t.is(verified.skipped(id), 'the broker does not speak MQTT 5', id);
  t.true(broker.mostInFlight() <= IN_FLIGHT, `${broker.mostInFlight()} messages of one client in flight`);
});

/** [what is wrong with the broker, the checks that must find it] */
const HOLES: readonly (readonly [Hole, RegExp])[] = [
  [{ kind: 'may publish', user: 'alice', topic: 'test' }, /^acl\.publish\.test\.alice$/],
  [{ kind: 'may subscribe', user: 'sam', topic: 'test' }, /^acl\.subscribe\.test\.sam$/],
  [{ kind: 'anonymous' }, /^auth\.anonymous\.v311\./],
  [{ kind: 'any password' }, /^auth\.(wrong|no)-password\.v311\.(sam|alice)\./],
];

for (const [hole, expected] of HOLES) {
  test(`found: ${Object.values(hole).join(' ')}`, async (t) => {
    await using broker = await openAedes(RIGHTS, hole);
    const verified = await verifyExternal(RIGHTS, broker.port, ['--quick', '--only', 'acl,auth'], VERIFY_MS);
    const found = Object.keys(verified.findings);
    const wanted = verified.checks.filter(({ id, verdict }) => expected.test(id) && verdict !== 'skipped');
    t.deepEqual(
      found,
      wanted.map(({ id }) => id),
    );
    t.true(found.length > 0);
    t.is(verified.code, 1);
  });
}

import test from 'ava';
import { type Hole, openAedes, type Rights, type Style } from './support/aedes.ts';
import { verifyExternal } from './support/external.ts';
import { type Known, surprises } from './support/known.ts';

const RIGHTS: Rights = {
  users: { sam: { password: 'sam' }, alice: { password: 'alice' } },
  topics: {
    status: { publish: ['sam'], subscribe: ['alice'], lastWill: ['sam', 'alice'] },
    test: { publish: ['sam'], subscribe: ['alice'] },
  },
};
/** What a default Mosquitto takes of one client (mosquitto.conf(5), max_inflight_messages). */
const IN_FLIGHT = 20;
const VERIFY_MS = 120_000;

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

/** Where aedes 1.2.0 breaks the standard, by what its source says; everything else passes or is skipped. */
const KNOWN: readonly Known[] = [
  // CONNACK tells no Session Present for a session without subscriptions, though its existence is state to be kept [MQTT-3.2.2-2]
  [/^session\.publisher-resend\.(q1|q2|pubrel)\.v311$/, 'always'],
  // what it sends again has no DUP flag [MQTT-3.3.1-1]
  [/^session\.resend\.publish-q[12]\.v311$/, 'always'],
  // it sends the PUBLISH again after its PUBREL [MQTT-4.3.3-1], since it confuses the exchanges of one client with each other
  [/^session\.resend\.pubrel\.v311$/, 'sometimes'],
  // what was kept is served beside what comes in, so a later message may come first [MQTT-4.6.0-6]
  [/^session\.offline\.q[12]\.v311$/, 'sometimes'],
  // a persistent client to whom messages come as its session returns is cut off: `no such packet` in aedes, and they wait for its next connection
  [/^session\.takeover\.v311$/, 'sometimes'],
];

/** Of checks that would not apply to an external broker of MQTT 5, or without a Pi, either. */
const OTHER_REASONS = ['lab.yaml declares no Pi', 'the broker is external: what it allows is its own to decide'];

const STYLES: readonly Style[] = ['refuses', 'filters'];

for (const style of STYLES) {
  test(`a broker of 3.1.1 that ${style} what it denies: real findings only, from this machine alone`, async (t) => {
    await using broker = await openAedes(RIGHTS, style);
    const verified = await verifyExternal(RIGHTS, broker.port, ['--quick'], VERIFY_MS);
    const tried = verified.checks.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id);
    const found = Object.keys(verified.findings);
    t.deepEqual(surprises(found, tried, KNOWN), { unexpected: [], missing: [] }, verified.told);
    t.is(verified.counts.deviation, 0);
    t.is(verified.code, 1);
    t.true(tried.length > 60);
    t.is(verified.skipped('install.message'), 'the broker is external: its host is never touched');
    t.is(verified.skipped('will.killed.publisher.status'), 'lab.yaml declares no Pi');
    const v5 = verified.checks.filter(({ id }) => id.split('.').includes('v5'));
    t.true(v5.length > 60);
    const reasons = new Set(v5.map(({ id }) => verified.skipped(id) ?? id));
    t.deepEqual(
      [...reasons].filter((reason) => !OTHER_REASONS.includes(reason)),
      ['the broker does not speak MQTT 5'],
    );
    t.is(verified.counts.skipped, verified.checks.length - tried.length);
  });
}

test('a thousand messages are received once, and no client has more than twenty of them in flight', async (t) => {
  await using broker = await openAedes(RIGHTS, 'refuses');
  const verified = await verifyExternal(RIGHTS, broker.port, ['--only', 'qos.exactly-once'], VERIFY_MS);
  t.is(verified.counts.pass, 1, verified.told);
  t.is(broker.mostInFlight(), IN_FLIGHT);
});

const HOLES: readonly Hole[] = [
  { kind: 'may publish', user: 'alice', topic: 'test' },
  { kind: 'may subscribe', user: 'sam', topic: 'test' },
  { kind: 'anonymous' },
  { kind: 'any password' },
];
/** The checks that must find them. */
const HOLES_FOUND = [
  /^acl\.(publish|retain-set|retain-clear)\.test\.alice\./,
  /^acl\.subscribe\.test\.sam\.exact\./,
  /^auth\.anonymous\./,
  /^auth\.(wrong|no)-password\.v311\.(sam|alice)\./,
];

test.serial('holes in its rights fail the checks of these rights, each and no others', async (t) => {
  await using broker = await openAedes(RIGHTS, 'refuses', HOLES);
  const verified = await verifyExternal(RIGHTS, broker.port, ['--quick', '--only', 'acl,auth'], VERIFY_MS);
  const tried = verified.checks.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id);
  const expected = tried.filter((id) => HOLES_FOUND.some((ids) => ids.test(id)));
  t.deepEqual(Object.keys(verified.findings), expected, verified.told);
  for (const ids of HOLES_FOUND)
    t.true(
      expected.some((id) => ids.test(id)),
      String(ids),
    );
  t.is(verified.code, 1);
});

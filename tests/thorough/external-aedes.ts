import test from 'ava';
import { type Hole, openAedes } from '../lab/support/aedes.ts';
import { findsNoFalseAlarm, RIGHTS, VERIFY_MS } from '../lab/support/aedes-findings.ts';
import { verifyExternal } from '../lab/support/external.ts';

/** What a default Mosquitto takes of one client (mosquitto.conf(5), max_inflight_messages). */
const IN_FLIGHT = 20;

test.beforeEach((t) => t.timeout(2 * VERIFY_MS));

test('fails no check of a broker of MQTT 3.1.1 that closes on a denial', async (t) => {
  await findsNoFalseAlarm(t, 'refuses');
});

test('receives a thousand messages once, with at most twenty in flight', async (t) => {
  await using broker = await openAedes(RIGHTS, 'refuses');
  const verified = await verifyExternal(RIGHTS, broker.port, ['--only', 'qos.exactly-once'], {
    boundMs: VERIFY_MS,
    software: 'aedes 1.2',
  });
  t.is(verified.counts.pass, 1, verified.output);
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
  /^acl\.queue\.test\./,
  /^acl\.subscribe\.test\.sam\.(exact|retained|queued)\./,
  /^auth\.anonymous\./,
  /^auth\.(wrong|no)-password\.v311\.(sam|alice)\./,
];

test.serial('each hole in its rights fails the checks of that right, and no others', async (t) => {
  await using broker = await openAedes(RIGHTS, 'refuses', HOLES);
  const verified = await verifyExternal(RIGHTS, broker.port, ['--quick', '--only', 'acl,auth'], {
    boundMs: VERIFY_MS,
    software: 'aedes 1.2',
  });
  const tried = verified.checks.filter(({ verdict }) => verdict !== 'skipped').map(({ id }) => id);
  const expected = tried.filter((id) => HOLES_FOUND.some((ids) => ids.test(id)));
  t.deepEqual(Object.keys(verified.findings), expected, verified.output);
  for (const ids of HOLES_FOUND)
    t.true(
      expected.some((id) => ids.test(id)),
      String(ids),
    );
  t.is(verified.code, 1);
});

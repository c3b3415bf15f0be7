import test from 'ava';
import type { SeenRestart } from '../../../../checks/restart/broker-restart.ts';
import { ASPECTS, type Aspect, judgeNotCrashed, judgeRestart, whyLost } from '../../../../checks/restart/survival.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { End } from '../../../../probes/mqtt/raw-connection.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const VERSION = '2.0.11';
const byBroker: End = { by: 'broker', at: 0, how: 'FIN' };
const will = { topic: 'a', payload: Buffer.from('will'), qos: 1, retain: false } as const;
const came: Packet = { direction: 'received', type: 'PUBLISH', at: 0, ...will };
const intact: SeenRestart = {
  downMs: 100,
  ends: [byBroker, byBroker],
  will,
  willsConnected: [came],
  willsQueued: [came],
  sessionPresent: true,
  isSubscribed: true,
  queued: { saved: 1, later: 1 },
  isRetained: true,
  packets: [],
};
const brokerWith = (options: string) =>
  labOf(`${TWO_USERS}broker: { host: container, options: {${options}} }\n`).broker;
const broker = brokerWith('');

type Verdict = 'pass' | 'fail' | 'deviation';

/** [what differs; aspect; verdict after a stop; verdict after a crash of a version that loses wills then] */
const rows: readonly (readonly [what: Partial<SeenRestart>, Aspect, stop: Verdict, crash: Verdict])[] = [
  [{}, 'connections', 'pass', 'pass'],
  [{ ends: [byBroker, undefined] }, 'connections', 'fail', 'fail'],
  [{ ends: [{ ...byBroker, by: 'client' }] }, 'connections', 'fail', 'fail'],
  [{}, 'will', 'pass', 'fail'],
  [{ willsConnected: [], willsQueued: [] }, 'will', 'fail', 'deviation'],
  [{ willsConnected: [came, came] }, 'will', 'fail', 'fail'],
  [{ willsQueued: [] }, 'will', 'fail', 'fail'],
  [{}, 'session', 'pass', 'pass'],
  [{ sessionPresent: false }, 'session', 'fail', 'fail'],
  [{ isSubscribed: false }, 'session', 'fail', 'fail'],
  [{}, 'queue', 'pass', 'pass'],
  [{ queued: { saved: 1, later: 0 } }, 'queue', 'fail', 'pass'],
  [{ queued: { saved: 0, later: 1 } }, 'queue', 'fail', 'fail'],
  [{ queued: { saved: 2, later: 1 } }, 'queue', 'fail', 'fail'],
  [{ queued: { saved: 1, later: 2 } }, 'queue', 'fail', 'fail'],
  [{}, 'retained', 'pass', 'pass'],
  [{ isRetained: false }, 'retained', 'fail', 'fail'],
];

for (const [index, [what, aspect, stop, crash]] of rows.entries()) {
  test(`judges ${aspect} after a restart, row ${index}: ${Object.keys(what).join(', ') || 'all intact'}`, (t) => {
    t.is(judgeRestart(aspect, { end: 'stop', seen: { ...intact, ...what }, broker, version: VERSION }).verdict, stop);
    t.is(judgeRestart(aspect, { end: 'crash', seen: { ...intact, ...what }, broker, version: VERSION }).verdict, crash);
  });
}

test('does not crash a broker that cannot save its database: stored aspects fail, the others are skipped', (t) => {
  const verdicts = ASPECTS.map((aspect) => [aspect, judgeNotCrashed(aspect, 'no database').verdict]);
  t.deepEqual(Object.fromEntries(verdicts), {
    connections: 'skipped',
    will: 'skipped',
    session: 'fail',
    queue: 'fail',
    retained: 'fail',
  });
});

test('a broker without a database loses sessions, queues and retained messages, and publishes its wills', (t) => {
  const without = brokerWith('persistence: false');
  t.deepEqual(
    ASPECTS.filter((aspect) => whyLost(aspect, without) === undefined),
    ['connections', 'will'],
  );
  t.is(
    judgeRestart('will', { end: 'stop', seen: { ...intact, willsQueued: [] }, broker: without, version: VERSION })
      .verdict,
    'pass',
  );
});

/** [broker.options; the only aspect that they disable] */
const limits: readonly (readonly [options: string, Aspect])[] = [
  ['retain_available: false', 'retained'],
  ['max_queued_messages: 2', 'queue'],
];

for (const [options, aspect] of limits) {
  test(`${options} disables the check of ${aspect}`, (t) => {
    const limited = brokerWith(options);
    t.deepEqual(
      ASPECTS.filter((each) => whyLost(each, limited) !== undefined),
      [aspect],
    );
  });
}

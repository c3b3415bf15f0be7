import test from 'ava';
import type { Restarted } from '../../../../checks/restart/broker-restart.ts';
import {
  ASPECTS,
  type Aspect,
  judgeRestart,
  judgeSpared,
  whyUnsupported,
} from '../../../../checks/restart/survival.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { End } from '../../../../probes/mqtt/raw-connection.ts';
import { labOf, TWO_USERS } from '../../_lab.ts';

const VERSION = '2.0.11';
const byBroker: End = { by: 'broker', at: 0, how: 'FIN' };
const will = { topic: 'a', payload: Buffer.from('will'), qos: 1, retain: false } as const;
const came: Packet = { direction: 'received', type: 'PUBLISH', at: 0, ...will };
const intact: Restarted = {
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

/** [what is otherwise; of which aspect; verdict after a stop; after a crash of a version that forgets wills then] */
const rows: readonly (readonly [what: Partial<Restarted>, Aspect, stop: Verdict, crash: Verdict])[] = [
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
  test(`what survives, row ${index}: ${aspect} with ${Object.keys(what).join(', ') || 'all intact'}`, (t) => {
    t.is(judgeRestart(aspect, 'stop', { ...intact, ...what }, broker, VERSION).verdict, stop);
    t.is(judgeRestart(aspect, 'crash', { ...intact, ...what }, broker, VERSION).verdict, crash);
  });
}

test('a broker that can not save its database is not crashed: what it stores fails, the rest is skipped', (t) => {
  const verdicts = ASPECTS.map((aspect) => [aspect, judgeSpared(aspect, 'no database').verdict]);
  t.deepEqual(Object.fromEntries(verdicts), {
    connections: 'skipped',
    will: 'skipped',
    session: 'fail',
    queue: 'fail',
    retained: 'fail',
  });
});

test('nothing is queued or retained for a broker without a database, and its wills reach who is connected', (t) => {
  const without = brokerWith('persistence: false');
  t.deepEqual(
    ASPECTS.filter((aspect) => whyUnsupported(aspect, without) === undefined),
    ['connections', 'will'],
  );
  t.is(judgeRestart('will', 'stop', { ...intact, willsQueued: [] }, without, VERSION).verdict, 'pass');
});

/** [broker.options; the only aspect that is not promised] */
const limits: readonly (readonly [options: string, Aspect])[] = [
  ['retain_available: false', 'retained'],
  ['max_qos: 0', 'queue'],
  ['max_queued_messages: 2', 'queue'],
];

for (const [options, aspect] of limits) {
  test(`${options}: no promise about ${aspect}`, (t) => {
    const limited = brokerWith(options);
    t.deepEqual(
      ASPECTS.filter((each) => whyUnsupported(each, limited) !== undefined),
      [aspect],
    );
  });
}

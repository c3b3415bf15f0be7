import test from 'ava';
import { judgeSubscription } from '../../../../checks/acl/subscribe.ts';
import { judgeReturn } from '../../../../checks/acl/subscribe-absent.ts';
import { judgeRefusal } from '../../../../checks/auth/login-verdict.ts';
import { judgeSilence } from '../../../../checks/fixtures/silent-client.ts';
import { judgeForgotten, judgeWills } from '../../../../checks/fixtures/will-verdict.ts';
import { judgedBySoftware } from '../../../../checks/harness/known-deviation.ts';
import { PRODUCT_DEVIATIONS } from '../../../../checks/harness/products.ts';
import { type Cell, judgeCell } from '../../../../checks/qos/matrix-cell.ts';
import { judgeRetained } from '../../../../checks/retained/served.ts';
import { judgeOffline } from '../../../../checks/session/offline.ts';
import { judgePublisherResend } from '../../../../checks/session/publisher-resend.ts';
import { judgeResend } from '../../../../checks/session/resend.ts';
import type { BrokerSoftware } from '../../../../lab-file/lab.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { CheckRecord } from '../../../../records/record.ts';

type Words = Readonly<{ reason?: string }>;

const payload = Buffer.from('own');
const message: Packet = { direction: 'received', type: 'PUBLISH', at: 0, packetId: 7, dup: false, qos: 0, payload };
const noSession = judgePublisherResend(1, ['PUBACK'], { sessionPresent: false, copies: 0, answers: [] });
const resentAs = (packet: Partial<Packet>) =>
  judgeResend('PUBLISH', { sessionPresent: true, first: message, again: [{ ...message, ...packet }], afterwards: 0 });
const released: Packet = { direction: 'received', type: 'PUBREL', at: 0, packetId: 7 };
const publishedAgain = { sessionPresent: true, first: message, again: [message, released], afterwards: 0 };
const arrivedAs = (...arrived: number[]) => judgeOffline(2, 3, { sessionPresent: true, arrived }, 'external');

const will = { topic: 'status', payload, qos: 1, retain: false } as const;
const silence = (closedAfterMs: number | undefined, willAfterMs: number | undefined) =>
  judgeSilence({ keepAlive: 5, closedAfterMs, willAfterMs }, undefined).finding;

const cell: Cell = { version: 4, topic: 'status', published: 2, requested: 0, payload };
const exchange = (...types: Packet['type'][]): Packet[] =>
  types.map((type) => ({ direction: type === 'PUBLISH' ? 'sent' : 'received', type, at: 0, bytes: 4 }));
const cellOf = (arrived: readonly Buffer[], ...publisher: Packet['type'][]) =>
  judgeCell(cell, { granted: 0, arrived, publisher: exchange(...publisher), subscriber: [message] }, 'external');

const back = { isAllowed: true, subacks: [1, 1, 1], sessionPresent: true, queued: 0, later: 1, leaked: [] } as const;
const refused = { isAllowed: false, version: 4, form: 'exact', suback: 0x87, connection: 'answered' } as const;
const served = (copies: number) =>
  judgeRetained(
    { served: 'nothing', established: { copies: 1, retain: false } },
    { served: 'nothing', established: { copies, retain: false } },
  );
const login = (answer: string) => judgeRefusal({ answer, closedBy: 'nobody' }, 4, 'external');

const RABBITMQ_3: BrokerSoftware = { product: 'rabbitmq', version: '3.10' };
const RABBITMQ_4: BrokerSoftware = { product: 'rabbitmq', version: '4.0' };
const AEDES: BrokerSoftware = { product: 'aedes', version: '1.2' };
const EJABBERD: BrokerSoftware = { product: 'ejabberd', version: '23.01' };

/** [software; check; words of the known difference; words of another failure of this check] */
const rows: readonly (readonly [BrokerSoftware, CheckRecord['id'], known: Words, other: Words])[] = [
  [RABBITMQ_3, 'qos.matrix.p2s0.v311', cellOf([payload], 'PUBLISH', 'PUBACK'), cellOf([payload], 'PUBLISH')],
  [RABBITMQ_3, 'qos.matrix.p2s1.v311', cellOf([payload], 'PUBLISH', 'PUBACK'), cellOf([], 'PUBLISH', 'PUBACK')],
  [
    RABBITMQ_3,
    'session.publisher-resend.q2.v311',
    { reason: 'the broker answered a PUBLISH of QoS 2 with PUBACK' },
    { reason: 'the session of sam: no PUBREC: not within 10 s' },
  ],
  [RABBITMQ_3, 'session.publisher-resend.q1.v5', noSession, { reason: 'the message did not arrive' }],
  [RABBITMQ_3, 'session.resend.publish-q1.v5', resentAs({ packetId: 8, dup: true }), resentAs({ type: 'PUBREL' })],
  [RABBITMQ_3, 'keepalive.expiry.25s.v311', silence(undefined, undefined), silence(8_000, undefined)],
  [RABBITMQ_3, 'keepalive.receive-only.5s.v311', silence(15_000, 15_000), silence(3_000, 3_000)],
  [
    RABBITMQ_3,
    'will.silent.publisher.status.this-machine',
    silence(15_000, 15_000),
    judgeWills(will, 1, [message, message]),
  ],
  [RABBITMQ_3, 'will.protocol-error.publisher.status.v311', judgeWills(will, 1, []), judgeWills(will, 1, [message])],
  [
    RABBITMQ_3,
    'will.second-connect.publisher.status.v311',
    judgeForgotten(will, [], 'second CONNECT leaves no will', undefined),
    judgeForgotten(will, [message], 'second CONNECT leaves no will', undefined),
  ],
  [
    RABBITMQ_3,
    'will.takeover-persistent.publisher.status.v311',
    judgeForgotten(will, [], 'takeover of a persistent session leaves no will', undefined),
    judgeForgotten(will, [message], 'takeover of a persistent session leaves no will', undefined),
  ],
  [RABBITMQ_4, 'keepalive.expiry.25s.v5', silence(undefined, undefined), silence(3_000, 3_000)],
  [
    RABBITMQ_4,
    'will.delay-reconnect.publisher.status.v5',
    judgeWills(will, 0, [message]),
    { reason: 'the last will of the control client did not arrive' },
  ],
  [AEDES, 'session.publisher-resend.q2.v311', noSession, { reason: 'the message arrived 2 times' }],
  [AEDES, 'session.resend.publish-q2.v311', resentAs({}), resentAs({ packetId: 8 })],
  [
    AEDES,
    'session.resend.pubrel.v311',
    judgeResend('PUBREL', publishedAgain),
    judgeResend('PUBREL', { ...publishedAgain, first: { ...message, dup: true } }),
  ],
  [
    AEDES,
    'session.resend.pubrel.v311',
    judgeResend('PUBREL', { ...publishedAgain, again: [message] }),
    judgeResend('PUBREL', { ...publishedAgain, again: [{ ...released, packetId: 8 }] }),
  ],
  [
    RABBITMQ_4,
    'acl.subscribe.devices/hall/mqtt-lab.hall.retained.v5',
    { reason: '0 copies of the retained message arrived at a SUBSCRIBE with +, not one' },
    { reason: '2 copies of the retained message arrived at a SUBSCRIBE with +, not one' },
  ],
  [
    AEDES,
    'acl.subscribe.home/mqtt-lab/.alice.retained.v311',
    { reason: '0 copies of the retained message arrived at a SUBSCRIBE with +, not one' },
    { reason: '0 copies of the retained message arrived at a SUBSCRIBE with #, not one' },
  ],
  [AEDES, 'session.offline.q1.v311', arrivedAs(1, 0, 2), arrivedAs(0, 2)],
  [AEDES, 'session.offline.q2.v311', arrivedAs(2, 1, 0), arrivedAs(0, 1, 1, 2)],
  [
    AEDES,
    'session.offline.q2.v311',
    { reason: 'the messages arrived as 0, 3, 1, 2, and 3 was published last (MQTT-4.6.0-6)' },
    arrivedAs(2, 0),
  ],
  [
    AEDES,
    'session.takeover.v311',
    { reason: 'the session of alice: no message on the second connection: the connection is closed' },
    { reason: 'broker: publish to status at QoS 1: the connection is closed' },
  ],
  [
    AEDES,
    'session.offline.q0.v311',
    { reason: 'the session of alice: no PINGRESP: write EPIPE' },
    { reason: 'the session of alice: no sentinel: not within 10 s' },
  ],
  [
    AEDES,
    'acl.subscribe.status.alice.queued.v311',
    judgeReturn({ ...back, isAnswered: false }, 'external'),
    judgeReturn({ ...back, isAnswered: true, leaked: ['secret'] }, 'external'),
  ],
  [
    EJABBERD,
    'acl.subscribe.status.sam.exact.v311',
    judgeSubscription({ ...refused, copies: 0, leaked: [] }, 'external'),
    judgeSubscription({ ...refused, copies: 1, leaked: [] }, 'external'),
  ],
  [
    EJABBERD,
    'acl.subscribe.home/mqtt-lab/temperature.hall.filter.v311',
    judgeSubscription({ ...refused, copies: 0, leaked: [] }, 'external'),
    judgeSubscription({ ...refused, copies: 1, leaked: [] }, 'external'),
  ],
  [EJABBERD, 'auth.unknown-user.v311.case.this-machine', login('20 02 00 00'), login('')],
  [EJABBERD, 'retained.served.v5', served(2), served(0)],
  [
    EJABBERD,
    'acl.retain-set.devices/hall/mqtt-lab/.admin.v311',
    { reason: 'nothing is proved: the broker does not retain what hall publishes with RETAIN' },
    { reason: 'the broker retained the message' },
  ],
  [
    EJABBERD,
    'acl.subscribe.devices/hall/mqtt-lab/.admin.retained.v5',
    { reason: 'nothing is proved: admin does not receive what hall publishes with RETAIN' },
    { reason: 'the retained message arrived' },
  ],
];

/** What says nothing about a known difference, whatever the check. */
const NEVER: readonly Words[] = [
  { reason: 'no verdict within 60 s' },
  { reason: 'broker: log in as sam: the broker refused with code 5' },
  { reason: 'broker: log in as sam: the broker closed the connection' },
  { reason: '0 copies arrived, not one' },
  arrivedAs(0, 1),
  {},
];

function verdictOf(software: BrokerSoftware, id: CheckRecord['id'], { reason }: Words): CheckRecord['verdict'] {
  const explained = reason === undefined ? {} : { reason };
  const times = { startedAt: 0, durationMs: 0 };
  const record: CheckRecord = {
    id,
    family: 'session',
    claim: '',
    verdict: 'fail',
    expected: null,
    observed: null,
    ...times,
  };
  return judgedBySoftware({ ...record, ...explained }, software).verdict;
}

for (const [software, id, known, other] of rows) {
  test(`on ${software.product} ${software.version}, knows by its words what fails ${id}: ${known.reason}`, (t) => {
    t.is(verdictOf(software, id, known), 'deviation');
    for (const words of [other, ...NEVER]) t.is(verdictOf(software, id, words), 'fail', words.reason);
  });
}

test('tries the words of every known deviation', (t) => {
  for (const [product, deviations] of Object.entries(PRODUCT_DEVIATIONS)) {
    for (const { what, checks, reason } of deviations) {
      const isTried = rows.some(
        ([software, id, known]) => software.product === product && checks.test(id) && reason.test(known.reason ?? ''),
      );
      t.true(isTried, what);
    }
  }
});

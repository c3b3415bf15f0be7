import test from 'ava';
import { judgeClientAttempt, judgeRefusal } from '../../../../checks/auth/login-verdict.ts';
import { type Delivery, judgeDelivery } from '../../../../checks/fixtures/delivery.ts';
import { expiryWindow, judgeExpiry } from '../../../../checks/fixtures/keepalive-expiry.ts';
import { parseAttempts } from '../../../../probes/clients/login-attempts.ts';
import type { Handshake } from '../../../../probes/mqtt/handshake.ts';
import { hop } from '../../../../probes/mqtt/hop.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { Verdict } from '../../../../records/record.ts';

const REFUSALS: readonly [Handshake, 4 | 5, { ours: Verdict; external: Verdict }][] = [
  [{ answer: '20 02 00 05', closedBy: 'broker' }, 4, { ours: 'pass', external: 'pass' }],
  [{ answer: '20 02 00 04', closedBy: 'broker' }, 4, { ours: 'fail', external: 'pass' }],
  [{ answer: '20 02 00 00', closedBy: 'nobody' }, 4, { ours: 'fail', external: 'fail' }],
  [{ answer: '20 02 00 05', closedBy: 'nobody' }, 4, { ours: 'fail', external: 'fail' }],
  [{ answer: '', closedBy: 'broker' }, 4, { ours: 'fail', external: 'pass' }],
  [{ answer: '', closedBy: 'broker', error: 'connect ECONNREFUSED' }, 4, { ours: 'fail', external: 'fail' }],
  [{ answer: '', closedBy: 'broker', error: 'read ECONNRESET' }, 4, { ours: 'fail', external: 'pass' }],
  [{ answer: '20 02 00 00', closedBy: 'broker', error: 'read ECONNRESET' }, 4, { ours: 'fail', external: 'fail' }],
  [{ answer: '20 03 00 87 00', closedBy: 'broker' }, 5, { ours: 'pass', external: 'pass' }],
  [{ answer: '20 03 00 86 00', closedBy: 'broker' }, 5, { ours: 'fail', external: 'pass' }],
  [{ answer: '20 09 00 00 06 22 00 0a 21 00 14', closedBy: 'nobody' }, 5, { ours: 'fail', external: 'fail' }],
];

for (const [seen, version, { ours, external }] of REFUSALS) {
  test(`refusal: ${seen.answer || 'nothing'}, closed by ${seen.closedBy}, level ${version}, ${seen.error ?? ''}`, (t) => {
    t.is(judgeRefusal(seen, version, true).verdict, ours);
    t.is(judgeRefusal(seen, version, false).verdict, external);
  });
}

const LOGINS = `ATTEMPT
Client (null) sending CONNECT
Client (null) received CONNACK (5)
Client (null) sending DISCONNECT
Connection error: Connection Refused: not authorised.
EXIT 5
ATTEMPT
Error: Connection refused
EXIT 1
ATTEMPT
Client a received CONNACK (0)
EXIT 0
`;

test('attempts of mosquitto_sub: refused, out of reach, accepted', (t) => {
  const [refused, unreachable, accepted] = parseAttempts(LOGINS);
  const verdicts = (isIn: boolean) =>
    [refused, unreachable, accepted].map((seen) => judgeClientAttempt(seen, { isIn, version: 4 }, true).verdict);
  t.deepEqual(verdicts(false), ['pass', 'fail', 'fail']);
  t.deepEqual(verdicts(true), ['fail', 'fail', 'pass']);
  t.is(judgeClientAttempt(unreachable, { isIn: true, version: 4 }, true).reason, 'Error: Connection refused');
  t.is(judgeClientAttempt(undefined, { isIn: true, version: 4 }, true).verdict, 'fail');
});

test("attempts of mosquitto_sub on a broker that is not the lab's: refused, or closed upon; no answer is no refusal", (t) => {
  const sent = 'Client (null) sending CONNECT\n';
  const loginCases = parseAttempts(
    [
      `${sent}Client (null) received CONNACK (4)\nEXIT 4`,
      `${sent}Error: The connection was lost.\nEXIT 7`,
      'EXIT 1',
      `${sent}EXIT 124`,
      'EXIT 127',
    ]
      .map((section) => `ATTEMPT\n${section}\n`)
      .join(''),
  );
  t.deepEqual(
    loginCases.map((seen) => judgeClientAttempt(seen, { isIn: false, version: 4 }, false).verdict),
    ['pass', 'pass', 'fail', 'fail', 'fail'],
  );
});

const EXPIRIES: readonly [afterS: number, version: string | undefined, verdict: 'pass' | 'fail'][] = [
  [5.9, '2.0.11', 'fail'],
  [6.0, '2.0.11', 'pass'],
  [14.5, '2.0.11', 'pass'],
  [14.6, '2.0.20', 'fail'],
  [9.5, '2.0.21', 'pass'],
  [9.6, '2.0.21', 'fail'],
  [9.6, '2.1.2', 'fail'],
  [9.6, '3.0.0', 'fail'],
  [14.5, undefined, 'pass'],
];

for (const [afterS, version, verdict] of EXPIRIES) {
  test(`keep-alive expiry at 5 s: ${afterS} s on ${version ?? 'an unknown version'}`, (t) => {
    const judged = judgeExpiry(afterS * 1000, 5, version);
    t.is(judged.verdict, verdict);
    t.is(judged.lateMs, Math.round((afterS - 7.5) * 1000));
  });
}

test('the expiry window at 25 s', (t) => {
  t.deepEqual(expiryWindow(25, '2.0.11'), { fromMs: 36_000, toMs: 44_500 });
});

function packets(role: 'publisher' | 'subscriber'): Packet[] {
  const publish = { qos: 1, dup: false, topic: 'status' };
  return hop(role, 1, 'status', 5).map((step) => ({
    ...step,
    at: 0,
    packetId: 1,
    ...(step.type === 'PUBLISH' ? publish : {}),
  }));
}

const payload = Buffer.from('hello');
const good: Delivery = {
  topic: 'status',
  qos: 1,
  payload,
  arrived: [payload],
  publisher: packets('publisher'),
  subscriber: packets('subscriber'),
};

const DELIVERIES: readonly [name: string, change: Partial<Delivery>, reason: RegExp | undefined][] = [
  ['as it should be', {}, undefined],
  ['lost', { arrived: [] }, /^0 copies/],
  ['twice', { arrived: [payload, payload] }, /^2 copies/],
  ['altered', { arrived: [Buffer.from('hellO')] }, /altered/],
  ['without its PUBACK', { publisher: packets('publisher').slice(0, 1) }, /the publisher saw → PUBLISH 17, not/],
  ['a byte longer', { subscriber: packets('subscriber').map((p) => ({ ...p, bytes: 18 })) }, /the subscriber saw/],
  ['at another QoS', { subscriber: packets('subscriber').map((p) => ({ ...p, qos: 0 })) }, /another QoS/],
  ['with DUP', { publisher: packets('publisher').map((p) => ({ ...p, dup: true })) }, /DUP/],
  ['without sizes, as -d tells', { subscriber: packets('subscriber').map(({ bytes: _, ...p }) => p) }, undefined],
];

for (const [name, change, reason] of DELIVERIES) {
  test(`a delivery ${name}`, (t) => {
    const finding = judgeDelivery({ ...good, ...change });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail');
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

import test from 'ava';
import { isMessage } from '../../../../checks/harness/messages.ts';
import {
  judgeClean,
  judgeOffline,
  judgePublisherResend,
  judgeResend,
  type PublisherResendSeen,
  type ResendSeen,
  type Resent,
} from '../../../../checks/session/judge.ts';
import { ofExchange } from '../../../../checks/session/resend.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';
import type { QoS } from '../../../../probes/mqtt/session.ts';

type OfflineRow = readonly [
  qos: QoS,
  arrived: readonly number[],
  ours: RegExp | undefined,
  external: RegExp | undefined,
];

const OFFLINE: readonly OfflineRow[] = [
  [1, [0, 1, 2], undefined, undefined],
  [2, [0, 1, 2], undefined, undefined],
  [1, [0, 2], /2 of 3/, /2 of 3/],
  [1, [], /0 of 3/, /0 of 3/],
  [2, [0, 1, 1, 2], /not once each/, /not once each/],
  [1, [1, 0, 2], /in order/, /in order/],
  [0, [], undefined, undefined],
  [0, [0, 1, 2], /QoS 0 were kept/, undefined],
  [0, [2, 0], /in order/, /in order/],
];

for (const [qos, arrived, ours, external] of OFFLINE) {
  test(`QoS ${qos}, away: ${arrived.join(' ') || 'nothing'} arrives`, (t) => {
    for (const [isOurs, reason] of [[true, ours] as const, [false, external] as const]) {
      const finding = judgeOffline(qos, 3, { sessionPresent: true, arrived }, isOurs);
      t.is(finding.verdict, reason === undefined ? 'pass' : 'fail');
      if (reason !== undefined) t.regex(finding.reason ?? '', reason);
    }
    t.regex(judgeOffline(qos, 3, { sessionPresent: false, arrived }, true).reason ?? '', /had not kept the session/);
  });
}

const payload = Buffer.from('own');
const first: Packet = { direction: 'received', type: 'PUBLISH', at: 0, packetId: 7, dup: false, payload };
const resent: Packet = { ...first, dup: true };
const release: Packet = { direction: 'received', type: 'PUBREL', at: 0, packetId: 7 };
const good: ResendSeen = { sessionPresent: true, first, again: [resent], afterwards: 0 };

const RESENT: readonly (readonly [
  name: string,
  type: Resent,
  seen: Partial<ResendSeen>,
  reason: RegExp | undefined,
])[] = [
  ['PUBLISH as it should be', 'PUBLISH', {}, undefined],
  ['PUBREL as it should be', 'PUBREL', { again: [release] }, undefined],
  ['DUP at first', 'PUBLISH', { first: resent }, /the first PUBLISH has the DUP flag/],
  ['no session', 'PUBLISH', { sessionPresent: false }, /had not kept the session/],
  ['nothing sent again', 'PUBLISH', { again: [] }, /no PUBLISH was sent again/],
  ['another packet id', 'PUBLISH', { again: [{ ...resent, packetId: 8 }] }, /packet id 8, not 7/],
  ['no DUP', 'PUBLISH', { again: [first] }, /without the DUP flag/],
  ['twice', 'PUBLISH', { again: [resent, resent] }, /2 PUBLISH packets/],
  ['once more', 'PUBLISH', { afterwards: 1 }, /after it had been acknowledged/],
  ['PUBLISH instead of PUBREL', 'PUBREL', { again: [resent] }, /no PUBREL was sent again/],
  ['PUBLISH beside PUBREL', 'PUBREL', { again: [resent, release] }, /1 PUBLISH packets/],
  ['PUBREL with another packet id', 'PUBREL', { again: [{ ...release, packetId: 8 }] }, /packet id 8, not 7/],
];

for (const [name, type, seen, reason] of RESENT) {
  test(`sent again: ${name}`, (t) => {
    const finding = judgeResend(type, { ...good, ...seen });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

test("a PUBREL of somebody else's message is none of the exchange, one of nobody's is", (t) => {
  const foreign: Packet = { ...first, packetId: 8, payload: Buffer.from('foreign') };
  const releaseOf = (packetId: number): Packet => ({ ...release, packetId });
  const isOwn = isMessage(payload);
  const before = [first, foreign];
  const back = [releaseOf(8), release, { ...foreign, packetId: 9 }, releaseOf(9), releaseOf(10)];
  t.deepEqual(ofExchange('PUBREL', isOwn, before, back), [release, releaseOf(10)]);
  t.deepEqual(ofExchange('PUBLISH', isOwn, before, [resent, release]), [resent]);
});

const answer = (type: Packet['type']): Packet => ({ direction: 'received', type, at: 0, packetId: 7 });
const whole: PublisherResendSeen = { sessionPresent: true, copies: 1, answers: [answer('PUBREC'), answer('PUBCOMP')] };

type PublisherRow = readonly [name: string, qos: 1 | 2, seen: Partial<PublisherResendSeen>, reason: RegExp | undefined];

const PUBLISHER: readonly PublisherRow[] = [
  ['once', 2, {}, undefined],
  ['twice at QoS 2', 2, { copies: 2 }, /received it 2 times/],
  ['twice at QoS 1', 1, { copies: 2, answers: [answer('PUBACK')] }, undefined],
  ['lost', 1, { copies: 0, answers: [answer('PUBACK')] }, /lost/],
  ['not answered', 2, { answers: [answer('PUBREC')] }, /answered PUBREC$/],
  ['with no session', 2, { sessionPresent: false }, /had not kept the session/],
];

for (const [name, qos, seen, reason] of PUBLISHER) {
  test(`what a publisher sends again arrives ${name}`, (t) => {
    const finding = judgePublisherResend(qos, qos === 1 ? ['PUBACK'] : ['PUBREC', 'PUBCOMP'], { ...whole, ...seen });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

test('a clean session must have nothing of the former one', (t) => {
  const clean = { sessionPresent: false, queued: 0, later: 0 };
  t.is(judgeClean(clean).verdict, 'pass');
  t.regex(judgeClean({ ...clean, sessionPresent: true }).reason ?? '', /had kept the session/);
  t.regex(judgeClean({ ...clean, queued: 1 }).reason ?? '', /a message of the former session/);
  t.regex(judgeClean({ ...clean, later: 1 }).reason ?? '', /the subscription of the former session/);
});

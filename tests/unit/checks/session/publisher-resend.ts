import test from 'ava';
import { judgePublisherResend, type PublisherResendSeen } from '../../../../checks/session/publisher-resend.ts';
import type { Packet } from '../../../../probes/mqtt/packet.ts';

const answer = (type: Packet['type']): Packet => ({ direction: 'received', type, at: 0, packetId: 7 });
const whole: PublisherResendSeen = { sessionPresent: true, copies: 1, answers: [answer('PUBREC'), answer('PUBCOMP')] };

type PublisherRow = readonly [name: string, qos: 1 | 2, seen: Partial<PublisherResendSeen>, reason: RegExp | undefined];

const PUBLISHER: readonly PublisherRow[] = [
  ['once', 2, {}, undefined],
  ['twice at QoS 2', 2, { copies: 2 }, /arrived 2 times/],
  ['twice at QoS 1', 1, { copies: 2, answers: [answer('PUBACK')] }, undefined],
  ['lost', 1, { copies: 0, answers: [answer('PUBACK')] }, /did not arrive/],
  ['not answered', 2, { answers: [answer('PUBREC')] }, /answered PUBREC$/],
  ['with no session', 2, { sessionPresent: false }, /had discarded the session/],
];

for (const [name, qos, seen, reason] of PUBLISHER) {
  test(`judges a resent message: ${name}`, (t) => {
    const finding = judgePublisherResend(qos, qos === 1 ? ['PUBACK'] : ['PUBREC', 'PUBCOMP'], { ...whole, ...seen });
    t.is(finding.verdict, reason === undefined ? 'pass' : 'fail', finding.reason);
    if (reason !== undefined) t.regex(finding.reason ?? '', reason);
  });
}

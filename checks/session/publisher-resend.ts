import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { lessGranted, qosNotOffered } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, packetSummary, type SessionFixture, sessionCheck } from './fixture.ts';

type Kind = {
  readonly name: string;
  readonly qos: 1 | 2;
  /** The acknowledgement that the publisher treats as lost. */
  readonly lost: 'PUBACK' | 'PUBREC' | 'PUBCOMP';
  /** What the broker must answer to the resent packet. */
  readonly answers: readonly Packet['type'][];
  readonly statement: Readonly<Record<Version, string>>;
};

const KINDS: readonly Kind[] = [
  { name: 'q1', qos: 1, lost: 'PUBACK', answers: ['PUBACK'], statement: { 4: 'MQTT-4.3.2-2', 5: 'MQTT-4.3.2-4' } },
  {
    name: 'q2',
    qos: 2,
    lost: 'PUBREC',
    answers: ['PUBREC', 'PUBCOMP'],
    statement: { 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-10' },
  },
  {
    name: 'pubrel',
    qos: 2,
    lost: 'PUBCOMP',
    answers: ['PUBCOMP'],
    statement: { 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-11' },
  },
];

/** A packet id that `publish` does not use on these connections. */
const MESSAGE_ID = 1_000;

/** Checks of a publisher that resends a packet for which it got no acknowledgement. */
export function publisherResendChecks(testLab: TestLab, version: Version): Check[] {
  return KINDS.map((kind) => {
    const { name, qos, lost, answers, statement } = kind;
    const times = qos === 2 ? 'once' : 'at least once';
    const sent = lost === 'PUBCOMP' ? 'PUBREL' : 'PUBLISH with DUP';
    return sessionCheck(testLab, version, {
      name: `publisher-resend.${name}`,
      claim: `a publisher whose ${lost} was lost resends its ${sent}, and the message of QoS ${qos} arrives ${times}`,
      statement,
      expected: { sessionPresent: true, copies: qos === 2 ? 1 : 'at least 1', answers },
      role: 'publisher',
      requires: { qos },
      run: (fixture) => sendAgain(fixture, kind),
    });
  });
}

async function sendAgain(fixture: SessionFixture, { qos, lost, answers }: Kind): Promise<Finding> {
  const { topic } = fixture;
  const payload = fixture.message('resend');
  // after a lost PUBREC the publisher sends no PUBREL
  const acknowledges = ({ type }: Packet) => lost !== 'PUBREC' || type !== 'PUBREC';
  const [before, receiving] = await Promise.all([fixture.connect({ acknowledges }), fixture.other('subscriber')]);
  const notOffered = qosNotOffered(fixture, before, qos);
  if (notOffered !== undefined) return notOffered;
  // the publisher's exchange is the same at any QoS of delivery
  const less = lessGranted(fixture, await receiving.subscribe(topic, qos), fixture.brokerKind === 'lab' ? qos : 0);
  if (less !== undefined) return less;
  const publish = { cmd: 'publish', topic, payload, qos, retain: false, messageId: MESSAGE_ID } as const;
  const isAnswer = ({ type, direction, packetId }: Packet) =>
    direction === 'received' && type === answers[answers.length - 1] && packetId === MESSAGE_ID;
  before.send({ ...publish, dup: false });
  // a broker without QoS 2 may end the exchange with a PUBACK
  const answer = await before.packet(
    ({ type, packetId, direction }) =>
      (type === lost || type === 'PUBACK') && packetId === MESSAGE_ID && direction === 'received',
    lost,
  );
  if (answer.type !== lost) {
    const reason = `the broker answered a PUBLISH of QoS ${qos} with ${answer.type}`;
    return { verdict: 'fail', observed: { answers: [packetSummary(answer)] }, reason };
  }
  await before.rst();

  const back = await fixture.connect();
  if (!isPresent(back)) return judgePublisherResend(qos, answers, { sessionPresent: false, copies: 0, answers: [] });
  if (lost === 'PUBCOMP') back.send({ cmd: 'pubrel', messageId: MESSAGE_ID, reasonCode: 0 });
  else back.send({ ...publish, dup: true });
  await back.packet(isAnswer, 'end of the exchange');
  const last = fixture.message('sentinel');
  await mustPublish(back, topic, last, { qos });
  await receiving.packet(isMessage(last), 'sentinel');
  await receiving.barrier();
  const seen = {
    sessionPresent: true,
    copies: copiesOf(receiving, [payload]).length,
    answers: back.packets.filter(({ direction, packetId }) => direction === 'received' && packetId === MESSAGE_ID),
  };
  return judgePublisherResend(qos, answers, seen);
}

export type PublisherResendSeen = {
  readonly sessionPresent: boolean;
  readonly copies: number;
  /** The broker's answers to the resent packet, until the end of the exchange. */
  readonly answers: readonly Packet[];
};

/** A resent message must arrive once at QoS 2 (MQTT-4.3.3-2), and at least once at QoS 1. */
export function judgePublisherResend(
  qos: 1 | 2,
  wanted: readonly Packet['type'][],
  { sessionPresent, copies, answers }: PublisherResendSeen,
): Finding {
  const observed = { sessionPresent, copies, answers: answers.map(packetSummary) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (!sessionPresent) return fail('the broker had discarded the session');
  const types = answers.map(({ type }) => type);
  if (types.join() !== wanted.join()) return fail(`the broker answered ${types.join(', ') || 'nothing'}`);
  if (copies === 0) return fail('the message did not arrive');
  if (qos === 2 && copies > 1) return fail(`the message arrived ${copies} times`);
  return { verdict: 'pass', observed };
}

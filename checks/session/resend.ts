import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { Check, Finding } from '../harness/check.ts';
import { isMessage, mustPublish } from '../harness/messages.ts';
import { lessGranted } from '../harness/requirements.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { copiesOf, isPresent, packetSummary, queueing, type SessionFixture, sessionCheck } from './fixture.ts';

type Kind = {
  readonly name: string;
  readonly qos: 1 | 2;
  /** The packet of the broker that the subscriber does not answer. */
  readonly unanswered: Resent;
  readonly lost: 'PUBACK' | 'PUBREC' | 'PUBCOMP';
};

const KINDS: readonly Kind[] = [
  { name: 'publish-q1', qos: 1, unanswered: 'PUBLISH', lost: 'PUBACK' },
  { name: 'publish-q2', qos: 2, unanswered: 'PUBLISH', lost: 'PUBREC' },
  { name: 'pubrel', qos: 2, unanswered: 'PUBREL', lost: 'PUBCOMP' },
];

/** Checks that the broker resends to a subscriber whose acknowledgement was lost with its connection. */
export function resendChecks(testLab: TestLab, version: Version): Check[] {
  return KINDS.map((kind) => {
    const { name, lost, unanswered } = kind;
    const withDup = unanswered === 'PUBLISH' ? ' and DUP' : '';
    return sessionCheck(testLab, version, {
      name: `resend.${name}`,
      claim: `the broker resends the ${unanswered} once to a subscriber whose ${lost} was lost, with the same packet id${withDup}`,
      statement: { 4: 'MQTT-4.4.0-1', 5: 'MQTT-4.4.0-1' },
      expected: { sessionPresent: true, again: unanswered, samePacketId: true, afterwards: 0 },
      role: 'subscriber',
      requires: queueing(kind.qos),
      run: (fixture) => loseAcknowledgement(fixture, kind),
    });
  });
}

async function loseAcknowledgement(fixture: SessionFixture, { qos, unanswered }: Kind): Promise<Finding> {
  const { topic } = fixture;
  const payload = fixture.message('resend');
  const isOwn = isMessage(payload);
  let ownId: number | undefined;
  const acknowledges = (packet: Packet) => {
    if (isOwn(packet)) ownId = packet.packetId;
    return packet.type !== unanswered || packet.packetId !== ownId;
  };
  const [before, sending] = await Promise.all([fixture.connect({ acknowledges }), fixture.other('publisher')]);
  const less = lessGranted(fixture, await before.subscribe(topic, qos), qos);
  if (less !== undefined) return less;
  await mustPublish(sending, topic, payload, { qos });
  const first = await before.packet(isOwn, 'message');
  const isUnanswered = ({ type, packetId }: Packet) => type === unanswered && packetId === first.packetId;
  await before.packet(isUnanswered, `${unanswered} of the message`);
  await before.rst();

  const back = await fixture.connect();
  if (!isPresent(back)) return judgeResend(unanswered, { sessionPresent: false, first, again: [], afterwards: 0 });
  const last = fixture.message('sentinel');
  await mustPublish(sending, topic, last, { qos });
  await back.packet(isMessage(last), 'sentinel');
  await back.barrier();
  const again = ofExchange(unanswered, isOwn, before.packets, back.packets);
  await back.rst();

  const later = await fixture.connect();
  await later.barrier();
  const afterwards = copiesOf(later, [payload]).length;
  return judgeResend(unanswered, { sessionPresent: true, first, again, afterwards });
}

/**
 * The packets of the message's exchange that arrived after the reconnect. A PUBREL belongs to the last PUBLISH with its
 * packet id; where the PUBLISH was unanswered, a PUBREL is no resend.
 */
export function ofExchange(
  unanswered: Resent,
  isOwn: (packet: Packet) => boolean,
  before: readonly Packet[],
  back: readonly Packet[],
): Packet[] {
  const foreign = new Set<number | undefined>();
  const again: Packet[] = [];
  for (const [packets, isBack] of [[before, false] as const, [back, true] as const]) {
    for (const packet of packets) {
      const { type, direction, packetId } = packet;
      if (direction === 'sent') continue;
      if (type === 'PUBLISH' && packetId !== undefined && !isOwn(packet)) foreign.add(packetId);
      if (isOwn(packet)) foreign.delete(packetId);
      const isPart = isOwn(packet) || (unanswered === 'PUBREL' && type === 'PUBREL' && !foreign.has(packetId));
      if (isBack && isPart) again.push(packet);
    }
  }
  return again;
}

/** The packet that the broker must resend. */
export type Resent = 'PUBLISH' | 'PUBREL';

export type ResendSeen = {
  readonly sessionPresent: boolean;
  /** The first PUBLISH, and the packets of its exchange that arrived after the reconnect, before a later message. */
  readonly first: Packet;
  readonly again: readonly Packet[];
  /** Copies that arrived on another connection, after the end of the exchange. */
  readonly afterwards: number;
};

/**
 * The broker must resend the packet once with the same packet id (MQTT-4.4.0-1), and a PUBLISH with DUP (MQTT-3.3.1-1).
 */
export function judgeResend(type: Resent, seen: ResendSeen): Finding {
  const { first, again, sessionPresent, afterwards } = seen;
  const id = first.packetId;
  const observed = { sessionPresent, first: packetSummary(first), again: again.map(packetSummary), afterwards };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (first.dup === true) return fail('the first PUBLISH has the DUP flag');
  if (!sessionPresent) return fail('the broker had discarded the session');
  const [resent] = again.filter((packet) => packet.type === type);
  if (resent === undefined) return fail(`the broker did not resend the ${type}`);
  if (resent.packetId !== id) return fail(`the broker resent it with packet id ${resent.packetId}, not ${id}`);
  if (type === 'PUBLISH' && resent.dup !== true) return fail('the broker resent it without the DUP flag');
  const copies = again.filter((packet) => packet.type === 'PUBLISH').length;
  if (copies !== (type === 'PUBLISH' ? 1 : 0))
    return fail(`${copies} copies of the PUBLISH arrived after the reconnect`);
  if (afterwards > 0) return fail('the broker resent it after its acknowledgement');
  return { verdict: 'pass', observed };
}

import type { Packet } from '../../probes/mqtt/packet.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import type { Finding } from '../harness/check.ts';

/** Numbers of the messages that came to the session when it was back, in order. */
export type OfflineSeen = { readonly sessionPresent: boolean; readonly arrived: readonly number[] };

/** QoS 1 and 2 are kept for a session that is away (MQTT-3.1.2-5); QoS 0 may be, and Mosquitto does not. */
export function judgeOffline(qos: QoS, count: number, seen: OfflineSeen, isOurs: boolean): Finding {
  const { arrived } = seen;
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  if (!seen.sessionPresent) return fail('the broker had not kept the session');
  if (arrived.some((number, index) => index > 0 && number <= (arrived[index - 1] ?? -1))) {
    return fail(`they came as ${arrived.join(', ')}: not once each and in order`);
  }
  if (qos > 0 && arrived.length !== count) return fail(`${arrived.length} of ${count} were kept`);
  if (qos === 0 && isOurs && arrived.length > 0) return fail(`${arrived.length} messages of QoS 0 were kept`);
  return { verdict: 'pass', observed: seen };
}

/** What a broker has to send again. */
export type Resent = 'PUBLISH' | 'PUBREL';

export type ResendSeen = {
  readonly sessionPresent: boolean;
  /** The PUBLISH at first, and what of its exchange came when the session was back, up to a message that was sent later. */
  readonly first: Packet;
  readonly again: readonly Packet[];
  /** Copies that came when it was back once more, the exchange having been completed. */
  readonly afterwards: number;
};

/** The same packet with the same packet id, once (MQTT-4.4.0-1); a PUBLISH with DUP (MQTT-3.3.1-1), which at first it had not. */
export function judgeResend(type: Resent, seen: ResendSeen): Finding {
  const { first, again, sessionPresent, afterwards } = seen;
  const id = first.packetId;
  const observed = { sessionPresent, first: brief(first), again: again.map(brief), afterwards };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (first.dup === true) return fail('the first PUBLISH has the DUP flag');
  if (!sessionPresent) return fail('the broker had not kept the session');
  const [resent] = again.filter((packet) => packet.type === type);
  if (resent === undefined) return fail(`no ${type} was sent again`);
  if (resent.packetId !== id) return fail(`sent again with packet id ${resent.packetId}, not ${id}`);
  if (type === 'PUBLISH' && resent.dup !== true) return fail('sent again without the DUP flag');
  const copies = again.filter((packet) => packet.type === 'PUBLISH').length;
  if (copies !== (type === 'PUBLISH' ? 1 : 0)) return fail(`${copies} PUBLISH packets came when the session was back`);
  if (afterwards > 0) return fail('it was sent once more after it had been acknowledged');
  return { verdict: 'pass', observed };
}

export type PublisherResendSeen = {
  readonly sessionPresent: boolean;
  readonly copies: number;
  /** What the broker answered to what was sent again, up to the end of the exchange. */
  readonly answers: readonly Packet[];
};

/** What a publisher sends again is received once at QoS 2 (MQTT-4.3.3-2), and at least once at QoS 1. */
export function judgePublisherResend(
  qos: 1 | 2,
  wanted: readonly Packet['type'][],
  { sessionPresent, copies, answers }: PublisherResendSeen,
): Finding {
  const observed = { sessionPresent, copies, answers: answers.map(brief) };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (!sessionPresent) return fail('the broker had not kept the session');
  const types = answers.map(({ type }) => type);
  if (types.join() !== wanted.join()) return fail(`the broker answered ${types.join(', ') || 'nothing'}`);
  if (copies === 0) return fail('the message was lost');
  if (qos === 2 && copies > 1) return fail(`the subscriber received it ${copies} times`);
  return { verdict: 'pass', observed };
}

export type CleanSeen = {
  readonly sessionPresent: boolean;
  /** What came to the clean session: messages that were queued for the former one, and such that were published later. */
  readonly queued: number;
  readonly later: number;
};

export function judgeClean(seen: CleanSeen): Finding {
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: seen, reason });
  if (seen.sessionPresent) return fail('the broker says that it had kept the session');
  if (seen.queued > 0) return fail('a message of the former session was delivered');
  if (seen.later > 0) return fail('the subscription of the former session is still there');
  return { verdict: 'pass', observed: seen };
}

function brief({ type, packetId, dup }: Packet): object {
  return { type, packetId, ...(dup === undefined ? {} : { dup }) };
}

import type { User } from '../../lab-file/lab.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { PublishOutcome, QoS, Version } from '../../probes/mqtt/session.ts';
import type { Finding } from '../harness/check.ts';
import { qosNotOffered } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';

/** How the broker answered a publication, as evidence: 3.1.1 leaves it open (MQTT-3.3.5-2), and an external broker may say nothing. */
export type PublishAnswer = PublishOutcome | 'nothing';

/** What became of the client afterwards: the broker answered a PINGREQ, has closed the connection, or does not answer any more. */
export type ConnectionAfter = 'answered' | 'closed' | 'silent';

export type Publication = {
  readonly answer: PublishAnswer;
  readonly connection: ConnectionAfter;
  readonly packets: readonly Packet[];
  /** Why nothing was published; undefined: it was. */
  readonly notOffered?: Finding;
};

/** Publishes as a user on a connection of its own; when it resolves, the broker has dealt with it. */
export async function publishAs(
  testLab: TestLab,
  user: User,
  version: Version,
  topic: string,
  payload: Buffer,
  options: { readonly qos: QoS; readonly retain?: boolean },
): Promise<Publication> {
  await using client = await testLab.raw(user, { version });
  const notOffered = qosNotOffered(testLab, client, options.qos);
  if (notOffered !== undefined)
    return { answer: 'nothing', connection: 'answered', packets: client.packets, notOffered };
  // a denied one may be left unanswered, or end the connection
  const answer = await client.publish(topic, payload, options).catch(() => 'nothing' as const);
  return { answer, connection: await connectionAfter(client), packets: client.packets };
}

/** Waits until what the broker had for the client is here, or the connection is over. */
export async function connectionAfter(session: RawSession): Promise<ConnectionAfter> {
  const answered = session.barrier().then(
    () => 'answered' as const,
    () => 'silent' as const,
  );
  const closed = session.ended.then(() => 'closed' as const);
  const first = await Promise.race([answered, closed]);
  // the end of a connection ends the wait for an answer too, and may be told first
  return first === 'silent' ? await Promise.race([closed, Promise.resolve(first)]) : first;
}

/**
 * Why a denial may not be taken from this: the action was perhaps never made. Mosquitto acknowledges what it denies and keeps the connection;
 * another broker may say nothing or close it, but one that does not even answer a PINGREQ has dealt with nothing. Undefined: it was made.
 */
export function noDenialShown(
  { answer, connection }: Pick<Publication, 'answer' | 'connection'>,
  brokerKind: BrokerKind,
): Finding | undefined {
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: { answer, connection }, reason });
  if (connection === 'silent') return fail('the broker does not answer any more, so nothing is shown');
  if (brokerKind === 'external') return undefined;
  if (connection === 'closed') return fail('the broker closed the connection, which Mosquitto does on no denial');
  if (answer === 'nothing') return fail('the broker did not acknowledge, which Mosquitto does on a denial too');
  return undefined;
}

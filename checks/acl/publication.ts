import type { User } from '../../lab-file/lab.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { PublishOutcome, QoS, Version } from '../../probes/mqtt/session.ts';
import type { Finding } from '../harness/check.ts';
import { qosNotOffered } from '../harness/requirements.ts';
import type { BrokerKind, TestLab } from '../harness/test-lab.ts';

/** The broker's answer to a publication, as evidence. 3.1.1 leaves it open (MQTT-3.3.5-2); an external broker may not answer. */
export type PublishAnswer = PublishOutcome | 'nothing';

/** The connection after an action: the broker answered a PINGREQ, closed the connection, or stopped answering. */
export type ConnectionAfter = 'answered' | 'closed' | 'silent';

export type Publication = {
  readonly answer: PublishAnswer;
  readonly connection: ConnectionAfter;
  readonly packets: readonly Packet[];
  /** Why the client published nothing; undefined: it did. */
  readonly notOffered?: Finding;
};

export type PublishOptions = {
  readonly user: User;
  readonly version: Version;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain?: boolean;
};

/** Publishes as a user on a connection of its own. Resolves when the broker has processed the message. */
export async function publishAs(testLab: TestLab, options: PublishOptions): Promise<Publication> {
  const { user, version, topic, payload, qos, retain = false } = options;
  await using client = await testLab.raw(user, { version });
  const { packets } = client;
  const notOffered = qosNotOffered(testLab, client, qos);
  if (notOffered !== undefined) return { answer: 'nothing', connection: 'answered', packets, notOffered };
  // the broker may leave a denied message unanswered, or close the connection
  const answer = await client.publish(topic, payload, { qos, retain }).catch(() => 'nothing' as const);
  return { answer, connection: await connectionAfter(client), packets };
}

/** Waits until the client has received what the broker had for it, or the connection is over. */
export async function connectionAfter(session: RawSession): Promise<ConnectionAfter> {
  const answered = session.barrier().then(
    () => 'answered' as const,
    () => 'silent' as const,
  );
  const closed = session.ended.then(() => 'closed' as const);
  const first = await Promise.race([answered, closed]);
  // the end of the connection also ends the wait for an answer, and may be reported second
  return first === 'silent' ? await Promise.race([closed, Promise.resolve(first)]) : first;
}

/**
 * A failure where the lack of an effect proves no denial, since the broker may never have processed the action. Mosquitto
 * acknowledges what it denies and keeps the connection. An external broker may do neither, but must answer a PINGREQ.
 */
export function noDenialShown(
  { answer, connection }: Pick<Publication, 'answer' | 'connection'>,
  brokerKind: BrokerKind,
): Finding | undefined {
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed: { answer, connection }, reason });
  if (connection === 'silent') return fail('the broker did not answer a PINGREQ afterwards, so nothing is proved');
  if (brokerKind === 'external') return undefined;
  if (connection === 'closed')
    return fail('the broker closed the connection, which Mosquitto never does upon a denial');
  if (answer === 'nothing') return fail('the broker did not acknowledge, which Mosquitto does even upon a denial');
  return undefined;
}

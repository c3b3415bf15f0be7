import type { LiveListener } from '../../deployment/live-listener.ts';
import type { Lab, User } from '../../lab-file/lab.ts';
import { bestListener } from '../../lab-file/listeners.ts';
import { may } from '../../lab-file/may.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { binaryPayload } from '../fixtures/delivery.ts';
import type { Finding } from '../harness/check.ts';
import { evidence, ownPackets } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { lessGranted, qosNotOffered } from '../harness/requirements.ts';
import type { TopicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { packetDifference } from './same-packets.ts';

const QOS = 2;

/** Roles that log in at the listener: both if possible, otherwise one of them; undefined where neither may. */
export function rolesAt(lab: Lab, listener: LiveListener): TopicRoles | undefined {
  const isAt = (user: User) => bestListener([listener], user) !== undefined;
  const all = lab.topics.flatMap(({ name: topic }) =>
    lab.users
      .filter(({ name }) => may(lab, name, 'publish', topic))
      .flatMap((publisher) =>
        lab.users
          .filter(({ name }) => may(lab, name, 'subscribe', topic))
          .map((subscriber) => ({ topic, publisher, subscriber })),
      ),
  );
  return (
    all.find(({ publisher, subscriber }) => isAt(publisher) && isAt(subscriber)) ??
    all.find(({ publisher, subscriber }) => isAt(publisher) || isAt(subscriber))
  );
}

type Exchange = { readonly roles: TopicRoles; readonly version: Version };
type Exchanged = {
  readonly copies: readonly Packet[];
  readonly payload: Buffer;
  readonly publisher: readonly Packet[];
  readonly subscriber: readonly Packet[];
};

/** A message of QoS 2 must arrive once at one listener, in the packets that it takes at the other. */
export async function sameMessage(here: TestLab, there: TestLab, exchange: Exchange): Promise<Finding> {
  const [seen, wanted] = await Promise.all([deliver(here, exchange), deliver(there, exchange)]);
  if ('verdict' in seen) return seen;
  if ('verdict' in wanted) return wanted;
  const { roles } = exchange;
  const packets = [
    ...evidence(roles.publisher.name, seen.publisher),
    ...evidence(roles.subscriber.name, seen.subscriber),
  ];
  return { ...judgeSame(seen, wanted), evidence: packets };
}

export function judgeSame(seen: Exchanged, wanted: Exchanged): Finding {
  const { copies, payload } = seen;
  const observed = { copies: copies.length, publisher: seen.publisher.length, subscriber: seen.subscriber.length };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (copies.length !== 1) return fail(`${copies.length} copies arrived, not one`);
  if (copies[0]?.payload?.equals(payload) !== true) return fail('the payload was altered');
  for (const role of ['publisher', 'subscriber'] as const) {
    const difference = packetDifference(seen[role], wanted[role]);
    if (difference !== undefined) return fail(`of the ${role}'s packets, ${difference}`);
  }
  return { verdict: 'pass', observed };
}

async function deliver(testLab: TestLab, { roles, version }: Exchange): Promise<Exchanged | Finding> {
  const { topic, publisher, subscriber } = roles;
  await using sending = await testLab.raw(publisher, { version });
  await using receiving = await testLab.raw(subscriber, { version });
  const notOffered = qosNotOffered(testLab, sending, QOS);
  if (notOffered !== undefined) return notOffered;
  const less = lessGranted(testLab, await receiving.subscribe(topic, QOS), QOS);
  if (less !== undefined) return less;
  const mark = nonce();
  const payload = binaryPayload(mark);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await mustPublish(sending, topic, payload, { qos: QOS });
  await mustPublish(sending, topic, last, { qos: QOS });
  await receiving.packet(isMessage(last), 'sentinel');
  const isCopy = ({ type, direction, payload: seen }: Packet) =>
    type === 'PUBLISH' && direction === 'received' && seen?.includes(mark) === true;
  const copies = receiving.packets.filter(isCopy);
  const [first] = copies;
  const isEnd = ({ type, direction, packetId }: Packet) =>
    type === 'PUBCOMP' && direction === 'sent' && packetId === first?.packetId;
  if (first !== undefined) await receiving.packet(isEnd, 'end of the exchange');
  return {
    copies,
    payload,
    publisher: ownPackets(sending.packets, [payload]),
    subscriber: ownPackets(
      receiving.packets,
      copies.flatMap((copy) => copy.payload ?? []),
    ),
  };
}

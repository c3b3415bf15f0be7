import { atMost } from '../../base/limit.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
import type { User } from '../../lab-file/lab.ts';
import { publishOnce, startSubscriber } from '../../probes/clients/mosquitto-client.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { QoS, Session } from '../../probes/mqtt/session.ts';
import {
  binaryPayload,
  type Delivery,
  deliveryPackets,
  expectedDelivery,
  judgeDelivery,
} from '../fixtures/delivery.ts';
import { type Check, type NamedCheck, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { evidence } from '../harness/evidence.ts';
import { isMessage, nonce } from '../harness/messages.ts';
import { whyUnsupported } from '../harness/requirements.ts';
import { onEachPi, topicRoles } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

const LEVELS: readonly QoS[] = [0, 1, 2];
const BOUND_MS = 60_000;
const WAIT_MS = 20_000;

/** Each runs one or two clients on a Pi over one SSH connection, which takes ten. */
const limit = atMost(6);

type TopicRoles = { readonly topic: string; readonly publisher: User; readonly subscriber: User };
type Ends = Omit<Delivery, 'topic' | 'qos' | 'payload'> & {
  /** Code of the subscriber's SUBACK. */
  readonly granted: number | undefined;
};

export const qos: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return LEVELS.flatMap((qos) => [
    ...directions(testLab, roles, qos, 'host-to-pi', 'from this machine to a Pi', hostToPi),
    ...directions(testLab, roles, qos, 'pi-to-host', 'from a Pi to this machine', piToHost),
    ...here(testLab, roles, qos),
  ]);
};

type Exchange = (testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS, payload: Buffer) => Promise<Ends>;

function directions(
  testLab: TestLab,
  roles: TopicRoles | undefined,
  qos: QoS,
  name: 'host-to-pi' | 'pi-to-host',
  way: string,
  exchange: Exchange,
): Check[] {
  const subject = {
    kind: 'message',
    way: name === 'host-to-pi' ? 'this machine to Pi' : 'Pi to this machine',
    qos,
  } as const;
  const named = { id: `qos.${name}.q${qos}`, subject, claim: `QoS ${qos} ${way}: exactly once, unaltered` } as const;
  if (roles === undefined) return [nobody(named)];
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [notApplicable(named, why)];
  return onEachPi(testLab, named, (pi, onPi) => {
    return { ...check(testLab, onPi, roles, qos, (payload) => exchange(testLab, pi, roles, qos, payload)), limit };
  });
}

function here(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check[] {
  const named = {
    id: `qos.this-machine.q${qos}`,
    subject: { kind: 'message', way: 'this machine to itself', qos },
    claim: `QoS ${qos} on this machine: exactly once, unaltered`,
  } as const;
  if (roles === undefined) return [nobody(named)];
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [notApplicable(named, why)];
  return [check(testLab, named, roles, qos, (payload) => hereToHere(testLab, roles, qos, payload))];
}

function nobody(named: NamedCheck): Check {
  return notApplicable(named, 'lab.yaml has no topic with both a publisher and a subscriber');
}

function check(
  { brokerKind }: TestLab,
  named: NamedCheck,
  { topic, publisher, subscriber }: TopicRoles,
  qos: QoS,
  exchange: (payload: Buffer) => Promise<Ends>,
): Check {
  const payload = binaryPayload(nonce());
  return {
    ...named,
    statement: 'MQTT-3.8.4-6',
    expected: expectedDelivery(qos, topic, payload.length),
    boundMs: BOUND_MS,
    async run() {
      const ends = await exchange(payload);
      const packets = [...evidence(publisher.name, ends.publisher), ...evidence(subscriber.name, ends.subscriber)];
      const { granted } = ends;
      if (brokerKind === 'external' && granted !== undefined && granted < qos) {
        // which a broker may do (MQTT 3.1.1, 3.8.4); the table of QoS judges what follows from it
        return { verdict: 'skipped', observed: { granted }, reason: `the broker grants only QoS ${granted}` };
      }
      return { ...judgeDelivery({ topic, qos, payload, ...ends }), evidence: packets };
    },
  };
}

async function hostToPi(testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS, payload: Buffer): Promise<Ends> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  const options = { ...pi.broker, topic, qos, login: loginOf(subscriber), clientId: `lab-${nonce()}` };
  await using client = startSubscriber(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  await using session = await testLab.login(publisher);
  const { codes } = await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', WAIT_MS);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await session.publish(topic, payload, { qos });
  await session.publish(topic, last, { qos });
  await client.messages.first((message) => message.payload.equals(last), 'sentinel', WAIT_MS);
  const copies = client.messages.items.filter((message) => carries(message.payload, payload));
  const arrival = copies[0]?.publish;
  return {
    granted: codes?.[0],
    arrived: copies.map((copy) => copy.payload),
    publisher: deliveryPackets(session.packets, isSent(payload)),
    subscriber: deliveryPackets(client.packets.items, (packet) => packet === arrival),
  };
}

async function piToHost(testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS, payload: Buffer): Promise<Ends> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  await using session = await testLab.login(subscriber);
  const granted = await session.subscribe(topic, qos);
  const limits = { boundMs: WAIT_MS, signal: testLab.stopped };
  const options = { ...pi.broker, topic, qos, login: loginOf(publisher) };
  const sent = await publishOnce(host, options, payload, limits);
  const last = Buffer.from(`sentinel ${nonce()}`);
  // from the Pi too, and at the same QoS, so that it travels behind the message: order is kept within one (MQTT-4.6.0-6; MQTT 5: 4.6.0-5)
  await publishOnce(host, options, last, limits);
  await session.packet(isMessage(last), 'sentinel', WAIT_MS);
  return {
    granted,
    ...(await arrivals(session, payload)),
    publisher: deliveryPackets(sent, ({ type }) => type === 'PUBLISH'),
  };
}

async function hereToHere(testLab: TestLab, roles: TopicRoles, qos: QoS, payload: Buffer): Promise<Ends> {
  const { topic } = roles;
  await using sending = await testLab.login(roles.publisher);
  await using seeing = await testLab.login(roles.subscriber);
  const granted = await seeing.subscribe(topic, qos);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await sending.publish(topic, payload, { qos });
  await sending.publish(topic, last, { qos });
  await seeing.packet(isMessage(last), 'sentinel', WAIT_MS);
  const publisher = deliveryPackets(sending.packets, isSent(payload));
  return { granted, ...(await arrivals(seeing, payload)), publisher };
}

/** The copies that a session received, and the packets of the first, once its last acknowledgement is sent. */
async function arrivals(session: Session, payload: Buffer): Promise<Pick<Ends, 'arrived' | 'subscriber'>> {
  const isCopy = ({ type, direction, payload: seen }: Packet) =>
    type === 'PUBLISH' && direction === 'received' && seen !== undefined && carries(seen, payload);
  const first = session.packets.find(isCopy);
  if (first?.qos === 1 || first?.qos === 2) {
    const end = first.qos === 1 ? 'PUBACK' : 'PUBCOMP';
    const isEnd = ({ type, direction, packetId }: Packet) =>
      type === end && direction === 'sent' && packetId === first.packetId;
    await session.packet(isEnd, `${end} of its own`, WAIT_MS);
  }
  return {
    arrived: session.packets.filter(isCopy).map((packet) => packet.payload ?? Buffer.alloc(0)),
    subscriber: deliveryPackets(session.packets, (packet) => packet === first),
  };
}

function isSent(payload: Buffer): (packet: Packet) => boolean {
  return (packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'sent' && packet.payload?.equals(payload) === true;
}

/** Whether a payload is this one, perhaps altered: it has its nonce. */
function carries(seen: Buffer, payload: Buffer): boolean {
  return seen.includes(payload.subarray(0, 12));
}

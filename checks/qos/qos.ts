import { atMost } from '../../base/limit.ts';
import { endpointOn } from '../../deployment/endpoints.ts';
import type { LivePi } from '../../deployment/live-lab.ts';
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
import { QOS_LEVELS } from '../harness/protocol.ts';
import { lessGranted, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, onEachPi, type TopicRoles, topicRoles } from '../harness/roles.ts';
import { loginOf, type TestLab } from '../harness/test-lab.ts';

const BOUND_MS = 60_000;
const WAIT_MS = 20_000;

/** Each check runs one or two clients on a Pi over one SSH connection, which takes ten. */
const limit = atMost(6);

type Message = { readonly roles: TopicRoles; readonly qos: QoS; readonly payload: Buffer };

type Ends = Omit<Delivery, 'topic' | 'qos' | 'payload'> & {
  /** Code of the subscriber's SUBACK. */
  readonly granted: number | undefined;
};

type PiDirection = {
  readonly name: string;
  readonly way: 'this machine to Pi' | 'Pi to this machine';
  /** In the claim. */
  readonly text: string;
  readonly exchange: (testLab: TestLab, pi: LivePi, message: Message) => Promise<Ends>;
};

const PI_DIRECTIONS: readonly PiDirection[] = [
  { name: 'host-to-pi', way: 'this machine to Pi', text: 'from this machine to a Pi', exchange: hostToPi },
  { name: 'pi-to-host', way: 'Pi to this machine', text: 'from a Pi to this machine', exchange: piToHost },
];

export const qos: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return QOS_LEVELS.flatMap((level) => [
    ...PI_DIRECTIONS.flatMap((direction) => piChecks(testLab, roles, direction, level)),
    localCheck(testLab, roles, level),
  ]);
};

function piChecks(testLab: TestLab, roles: TopicRoles | undefined, direction: PiDirection, qos: QoS): Check[] {
  const { name, way, text, exchange } = direction;
  const named = {
    id: `qos.${name}.q${qos}`,
    subject: { kind: 'message', way, qos },
    claim: `QoS ${qos} ${text}: exactly once, unaltered`,
  } as const;
  if (roles === undefined) return [notApplicable(named, NO_TOPIC_ROLES)];
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return [notApplicable(named, why)];
  return onEachPi(testLab, named, (pi, onPi) => ({
    ...deliveryCheck(testLab, onPi, { roles, qos }, (message) => exchange(testLab, pi, message)),
    limit,
  }));
}

function localCheck(testLab: TestLab, roles: TopicRoles | undefined, qos: QoS): Check {
  const named = {
    id: `qos.this-machine.q${qos}`,
    subject: { kind: 'message', way: 'this machine to itself', qos },
    claim: `QoS ${qos} on this machine: exactly once, unaltered`,
  } as const;
  if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
  const why = whyUnsupported(testLab, { qos });
  if (why !== undefined) return notApplicable(named, why);
  return deliveryCheck(testLab, named, { roles, qos }, (message) => localExchange(testLab, message));
}

function deliveryCheck(
  { brokerKind }: TestLab,
  named: NamedCheck,
  { roles, qos }: Omit<Message, 'payload'>,
  exchange: (message: Message) => Promise<Ends>,
): Check {
  const { topic, publisher, subscriber } = roles;
  const payload = binaryPayload(nonce());
  return {
    ...named,
    statement: 'MQTT-3.8.4-6',
    expected: expectedDelivery(qos, topic, payload.length),
    boundMs: BOUND_MS,
    async run() {
      const ends = await exchange({ roles, qos, payload });
      const { granted } = ends;
      // qos.matrix judges the delivery at a lower granted QoS
      const less = granted === undefined ? undefined : lessGranted({ brokerKind }, granted, qos);
      if (less !== undefined) return less;
      const packets = [...evidence(publisher.name, ends.publisher), ...evidence(subscriber.name, ends.subscriber)];
      return { ...judgeDelivery({ topic, qos, payload, ...ends }), evidence: packets };
    },
  };
}

async function hostToPi(testLab: TestLab, pi: LivePi, { roles, qos, payload }: Message): Promise<Ends> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  const options = { ...endpointOn(pi, subscriber), topic, qos, login: loginOf(subscriber), clientId: `lab-${nonce()}` };
  await using client = startSubscriber(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  await using session = await testLab.login(publisher);
  const { codes } = await client.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', WAIT_MS);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await session.publish(topic, payload, { qos });
  await session.publish(topic, last, { qos });
  await client.messages.first((message) => message.payload.equals(last), 'sentinel', WAIT_MS);
  const copies = client.messages.items.filter((message) => hasNonceOf(payload, message.payload));
  const arrival = copies[0]?.publish;
  return {
    granted: codes?.[0],
    arrived: copies.map((copy) => copy.payload),
    publisher: deliveryPackets(session.packets, isSent(payload)),
    subscriber: deliveryPackets(client.packets.items, (packet) => packet === arrival),
  };
}

async function piToHost(testLab: TestLab, pi: LivePi, { roles, qos, payload }: Message): Promise<Ends> {
  const { topic, publisher, subscriber } = roles;
  const host = await testLab.host(pi.name, pi.host);
  await using session = await testLab.login(subscriber);
  const granted = await session.subscribe(topic, qos);
  const limits = { boundMs: WAIT_MS, signal: testLab.stopped };
  const options = { ...endpointOn(pi, publisher), topic, qos, login: loginOf(publisher) };
  const sent = await publishOnce(host, options, payload, limits);
  const last = Buffer.from(`sentinel ${nonce()}`);
  // from the same host at the same QoS, since only that keeps the order (MQTT-4.6.0-6; MQTT 5: MQTT-4.6.0-5)
  await publishOnce(host, options, last, limits);
  await session.packet(isMessage(last), 'sentinel', WAIT_MS);
  return {
    granted,
    ...(await arrivals(session, payload)),
    publisher: deliveryPackets(sent, ({ type }) => type === 'PUBLISH'),
  };
}

async function localExchange(testLab: TestLab, { roles, qos, payload }: Message): Promise<Ends> {
  const { topic } = roles;
  await using sending = await testLab.login(roles.publisher);
  await using receiving = await testLab.login(roles.subscriber);
  const granted = await receiving.subscribe(topic, qos);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await sending.publish(topic, payload, { qos });
  await sending.publish(topic, last, { qos });
  await receiving.packet(isMessage(last), 'sentinel', WAIT_MS);
  const publisher = deliveryPackets(sending.packets, isSent(payload));
  return { granted, ...(await arrivals(receiving, payload)), publisher };
}

/** The copies that a session received, and the packets of the first one, up to its last acknowledgement. */
async function arrivals(session: Session, payload: Buffer): Promise<Pick<Ends, 'arrived' | 'subscriber'>> {
  const isCopy = ({ type, direction, payload: seen }: Packet) =>
    type === 'PUBLISH' && direction === 'received' && seen !== undefined && hasNonceOf(payload, seen);
  const first = session.packets.find(isCopy);
  if (first?.qos === 1 || first?.qos === 2) {
    const end = first.qos === 1 ? 'PUBACK' : 'PUBCOMP';
    const isEnd = ({ type, direction, packetId }: Packet) =>
      type === end && direction === 'sent' && packetId === first.packetId;
    await session.packet(isEnd, `${end} of the message`, WAIT_MS);
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

/** Matches altered copies of the payload too. */
function hasNonceOf(payload: Buffer, seen: Buffer): boolean {
  return seen.includes(payload.subarray(0, 12));
}

import { atMost } from '../../base/limit.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import { binaryPayload, deliveryPackets } from '../fixtures/delivery.ts';
import { type Check, notApplicable } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { evidence } from '../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../harness/messages.ts';
import { mqttVersion, overOf, QOS_LEVELS, tagOf, VERSIONS } from '../harness/protocol.ts';
import { qosNotOffered, whyUnsupported } from '../harness/requirements.ts';
import { NO_TOPIC_ROLES, type TopicRoles, topicRoles } from '../harness/roles.ts';
import type { TestLab } from '../harness/test-lab.ts';
import { type Cell, type Delivered, expectedCell, judgeCell } from './matrix-cell.ts';

const BOUND_MS = 60_000;
const limit = atMost(6);

/** Every pair of the publisher's and the subscriber's QoS, over both versions. */
export const qosMatrix: CheckFamily = (testLab) => {
  const roles = topicRoles(testLab.lab);
  return VERSIONS.flatMap((version) =>
    QOS_LEVELS.flatMap((published) =>
      QOS_LEVELS.map((requested) => cellCheck(testLab, roles, { version, published, requested })),
    ),
  );
};

type Levels = Pick<Cell, 'version' | 'published' | 'requested'>;

function cellCheck(testLab: TestLab, roles: TopicRoles | undefined, { version, published, requested }: Levels): Check {
  const named = {
    id: `qos.matrix.p${published}s${requested}.${tagOf(version)}`,
    subject: { kind: 'qos pair', published, requested, version: mqttVersion(version) },
    claim: `QoS ${published} to a subscription of QoS ${requested} is delivered once at QoS ${Math.min(published, requested)}, ${overOf(version)}`,
  } as const;
  if (roles === undefined) return notApplicable(named, NO_TOPIC_ROLES);
  // an external broker may grant less than requested
  const qos = testLab.brokerKind === 'lab' && requested > published ? requested : published;
  const why = whyUnsupported(testLab, { qos, ...(requested > published ? { neverRaisesQoS: true } : {}) });
  if (why !== undefined) return notApplicable(named, why);
  const { topic, publisher, subscriber } = roles;
  const cell: Cell = { version, topic, published, requested, payload: binaryPayload(nonce()) };
  return {
    ...named,
    version,
    statement: version === 4 ? 'MQTT-3.8.4-6' : 'MQTT-3.8.4-8',
    expected: expectedCell(cell),
    boundMs: BOUND_MS,
    limit,
    async run() {
      const [sending, receiving] = await Promise.all([
        testLab.raw(publisher, { version }),
        testLab.raw(subscriber, { version }),
      ]);
      await using _sending = sending;
      await using _receiving = receiving;
      const notOffered = qosNotOffered(testLab, sending, published);
      if (notOffered !== undefined) return notOffered;
      const seen = await deliver(sending, receiving, cell);
      const packets = [...evidence(publisher.name, seen.publisher), ...evidence(subscriber.name, seen.subscriber)];
      return { ...judgeCell(cell, seen, testLab.brokerKind), evidence: packets };
    },
  };
}

async function deliver(sending: RawSession, receiving: RawSession, cell: Cell): Promise<Delivered> {
  const { topic, published: qos, requested, payload } = cell;
  const granted = await receiving.subscribe(topic, requested);
  const last = Buffer.from(`sentinel ${nonce()}`);
  await mustPublish(sending, topic, payload, { qos });
  // at the same QoS, since only that keeps the order (MQTT-4.6.0-6; MQTT 5: MQTT-4.6.0-5)
  await mustPublish(sending, topic, last, { qos });
  await receiving.packet(isMessage(last), 'sentinel');
  const isCopy = ({ type, direction, payload: seen }: Packet) =>
    type === 'PUBLISH' && direction === 'received' && seen?.includes(payload.subarray(0, 12)) === true;
  const first = receiving.packets.find(isCopy);
  if (first?.qos === 2) await receiving.packet(isEndOf(first), 'end of the exchange');
  // its PINGREQ follows the acknowledgements
  await receiving.barrier();
  return {
    granted,
    arrived: receiving.packets.filter(isCopy).map((packet) => packet.payload ?? Buffer.alloc(0)),
    publisher: deliveryPackets(sending.packets, (packet) => isSent(packet, payload)),
    subscriber: deliveryPackets(receiving.packets, (packet) => packet === first),
  };
}

function isEndOf({ packetId }: Packet): (packet: Packet) => boolean {
  return (packet) => packet.type === 'PUBCOMP' && packet.direction === 'sent' && packet.packetId === packetId;
}

function isSent(packet: Packet, payload: Buffer): boolean {
  return packet.type === 'PUBLISH' && packet.direction === 'sent' && packet.payload?.equals(payload) === true;
}

import type { LivePi } from '../../../deployment/live-lab.ts';
import { parseDebugLine } from '../../../probes/clients/debug-output.ts';
import type { TracedPacket } from '../../../probes/clients/measuring-client.ts';
import { startSubscriber } from '../../../probes/clients/mosquitto-client.ts';
import { deliveryOf } from '../../../probes/mqtt/hop.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import type { Sequence } from '../../../records/measured/sequence.ts';
import { deliveryPackets, judgeDelivery } from '../../fixtures/delivery.ts';
import type { Finding } from '../../harness/check.ts';
import { evidence } from '../../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../../harness/messages.ts';
import { loginOf, type TestLab } from '../../harness/test-lab.ts';
import { type PiTime, withPiTime } from './clock.ts';
import { openMeasuringFixture, ownPayload, type TopicRoles } from './fixture.ts';

export const PAYLOAD_BYTES = 32;
const BOUND_MS = 60_000;
const WAIT_MS = 20_000;

/** One message from this machine to the Pi, each control packet of both hops with its time, and what `mosquitto_sub -d` says of it beside. */
export async function measureExchange(testLab: TestLab, pi: LivePi, roles: TopicRoles, qos: QoS): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  await using fixture = await openMeasuringFixture(testLab, pi, roles);
  if (fixture.granted < qos) {
    const reason = `the broker grants only QoS ${fixture.granted}`;
    return { verdict: 'skipped', observed: { granted: fixture.granted }, reason };
  }
  const host = await testLab.host(pi.name, pi.host, 'measure');
  const options = { ...pi.broker, topic, qos, login: loginOf(subscriber), clientId: `lab-${nonce()}` };
  await using beside = startSubscriber(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  await beside.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', WAIT_MS);
  await using listening = await testLab.raw(subscriber);
  await listening.subscribe(topic, 0);
  const payload = ownPayload(fixture, 0, PAYLOAD_BYTES);
  const last = Buffer.from(`${fixture.nonce} after`);
  const { result: traced, time } = await withPiTime(fixture, listening, async () => {
    await fixture.report('trace');
    await fixture.event('begun');
    await mustPublish(fixture.sending, topic, payload, { qos });
    // behind it, at the same QoS, so that its exchange is over when this one's has begun
    await mustPublish(fixture.sending, topic, last, { qos });
    await listening.packet(isMessage(payload), 'the message', WAIT_MS);
    await fixture.report('packets');
    return (await fixture.event('packets')).packets;
  });
  await beside.messages.first((message) => message.payload.equals(last), 'sentinel', WAIT_MS);
  const copies = beside.messages.items.filter((message) => message.payload.includes(`${fixture.nonce} m `));
  const sent = deliveryPackets(fixture.sending.packets, ({ payload: own }) => own?.equals(payload) === true);
  const received = ownDelivery(traced, time);
  const observed: Sequence = {
    ...{ qos, topic, payloadBytes: PAYLOAD_BYTES, publisher: publisher.name, subscriber: subscriber.name },
    clock: time.clock,
    debug: {
      host: pi.name,
      command: `mosquitto_sub -d -h ${pi.broker.address} -p ${pi.broker.port} -u ${subscriber.name} -t ${topic} -q ${qos}`,
      lines: debugLines(beside.lines, copies[0]?.publish),
    },
  };
  const arrived = copies.map((copy) => copy.payload);
  const judged = judgeDelivery({ topic, qos, payload, arrived, publisher: sent, subscriber: received });
  const packets = [...evidence(publisher.name, sent), ...evidence(subscriber.name, received)];
  return { ...judged, observed: { ...observed, steps: judged.observed }, evidence: packets };
}

/** The delivery of this message, of all that passed while packets were traced. */
function ownDelivery(traced: readonly TracedPacket[], { toHere }: PiTime): Packet[] {
  const packets = traced.map(({ atNs, isOwn, ...packet }) => ({ packet: { ...packet, at: toHere(atNs) }, isOwn }));
  const first = packets.find(({ isOwn }) => isOwn === true)?.packet;
  return first === undefined
    ? []
    : deliveryOf(
        first,
        packets.map(({ packet }) => packet),
      );
}

/** Of its begin, and of the message: a topic carries other people's too. */
function debugLines(lines: readonly string[], publish: Packet | undefined): string[] {
  const own = new Set(['CONNECT', 'CONNACK', 'SUBSCRIBE', 'SUBACK']);
  const isAbout = (line: string) => {
    const packet = parseDebugLine(line, 0);
    if (packet === undefined) return line.includes('SUBACK');
    if (own.has(packet.type)) return true;
    if (publish?.packetId !== undefined) return packet.packetId === publish.packetId;
    return packet.type === 'PUBLISH' && packet.qos === 0 && packet.payloadBytes === PAYLOAD_BYTES;
  };
  return lines.filter(isAbout);
}

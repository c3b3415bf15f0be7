import { endpointOn } from '../../../deployment/endpoints.ts';
import { parseDebugLine } from '../../../probes/clients/debug-output.ts';
import type { TracedPacket } from '../../../probes/clients/measuring-client.ts';
import { startSubscriber } from '../../../probes/clients/mosquitto-client.ts';
import { deliveryOf } from '../../../probes/mqtt/hop.ts';
import type { Packet } from '../../../probes/mqtt/packet.ts';
import type { Sequence } from '../../../records/measured/sequence.ts';
import { deliveryPackets, judgeDelivery } from '../../fixtures/delivery.ts';
import type { Finding } from '../../harness/check.ts';
import { evidence } from '../../harness/evidence.ts';
import { isMessage, mustPublish, nonce } from '../../harness/messages.ts';
import { onlyGranted } from '../../harness/requirements.ts';
import { loginOf, type TestLab } from '../../harness/test-lab.ts';
import { type PiTime, withPiTime } from './clock.ts';
import { type Measurement, openMeasuringFixture, ownPayload } from './fixture.ts';

export const PAYLOAD_BYTES = 32;
const BOUND_MS = 60_000;
const WAIT_MS = 20_000;

/** Times each control packet of a message from this machine to the Pi, and records mosquitto_sub's debug output. */
export async function measureExchange(testLab: TestLab, { pi, roles, qos }: Measurement): Promise<Finding> {
  const { topic, publisher, subscriber } = roles;
  await using fixture = await openMeasuringFixture(testLab, { pi, roles });
  if (fixture.granted < qos) return onlyGranted(fixture.granted);
  const host = await testLab.host(pi.name, pi.host, 'measure');
  const options = { ...endpointOn(pi, subscriber), topic, qos, login: loginOf(subscriber), clientId: `lab-${nonce()}` };
  await using debugged = startSubscriber(host, options, { boundMs: BOUND_MS, signal: testLab.stopped });
  await debugged.packets.first(({ type }) => type === 'SUBACK', 'SUBACK', WAIT_MS);
  await using listener = await testLab.raw(subscriber);
  await listener.subscribe(topic, 0);
  const payload = ownPayload(fixture, 0, PAYLOAD_BYTES);
  const last = Buffer.from(`${fixture.nonce} after`);
  const { result: traced, time } = await withPiTime(fixture, listener, async () => {
    await fixture.order('trace');
    await fixture.event('begun');
    await mustPublish(fixture.sending, topic, payload, { qos });
    // at the same QoS, so that the exchange of the message ends before this one begins
    await mustPublish(fixture.sending, topic, last, { qos });
    await listener.packet(isMessage(payload), 'the message', WAIT_MS);
    await fixture.order('packets');
    return (await fixture.event('packets')).packets;
  });
  await debugged.messages.first((message) => message.payload.equals(last), 'sentinel', WAIT_MS);
  const copies = debugged.messages.items.filter((message) => message.payload.includes(`${fixture.nonce} m `));
  const sent = deliveryPackets(fixture.sending.packets, ({ payload: own }) => own?.equals(payload) === true);
  const received = ownDelivery(traced, time);
  const observed: Sequence = {
    ...{ qos, topic, payloadBytes: PAYLOAD_BYTES, publisher: publisher.name, subscriber: subscriber.name },
    clock: time.clock,
    debug: {
      host: pi.name,
      command: `mosquitto_sub -d -h ${options.address} -p ${options.port} -u ${subscriber.name} -t ${topic} -q ${qos}`,
      lines: debugLines(debugged.lines, copies[0]?.publish),
    },
  };
  const arrived = copies.map((copy) => copy.payload);
  const judged = judgeDelivery({ topic, qos, payload, arrived, publisher: sent, subscriber: received });
  const packets = [...evidence(publisher.name, sent), ...evidence(subscriber.name, received)];
  return { ...judged, observed: { ...observed, steps: judged.observed }, evidence: packets };
}

/** The packets of the check's message among all that the Pi traced. */
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

/** The lines about the connection, the subscription and the message, without messages of others on the topic. */
function debugLines(lines: readonly string[], publish: Packet | undefined): string[] {
  const opening = new Set(['CONNECT', 'CONNACK', 'SUBSCRIBE', 'SUBACK']);
  const isAbout = (line: string) => {
    const packet = parseDebugLine(line, 0);
    if (packet === undefined) return line.includes('SUBACK');
    if (opening.has(packet.type)) return true;
    if (publish?.packetId !== undefined) return packet.packetId === publish.packetId;
    return packet.type === 'PUBLISH' && packet.qos === 0 && packet.payloadBytes === PAYLOAD_BYTES;
  };
  return lines.filter(isAbout);
}

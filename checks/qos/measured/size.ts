import { isDeepStrictEqual } from 'node:util';
import type { MeasuringEvent } from '../../../probes/clients/measuring-client.ts';
import { hop } from '../../../probes/mqtt/hop.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import type { HopSize, Size } from '../../../records/measured/size.ts';
import type { Finding } from '../../harness/check.ts';
import { mustPublish } from '../../harness/messages.ts';
import { onlyGranted } from '../../harness/requirements.ts';
import type { Role } from '../../harness/roles.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { type Measurement, type MeasuringFixture, openMeasuringFixture } from './fixture.ts';

export const PAYLOADS = [1, 100, 10_000] as const;
const MESSAGES = 5;
/** The gap between messages, so that each is alone on the wire: the kernel delays an acknowledgement by 40 ms. */
const APART_MS = 60;
/** A measurement is repeated where other messages arrived on the topic: the kernel's counters include them. */
const ATTEMPTS = 2;

type Hop = Extract<MeasuringEvent, { kind: 'hop' }>;

/** Measures each payload on one connection of the measuring client: opening it takes longer than measuring. */
export async function measureSizes(
  testLab: TestLab,
  { pi, roles, qos }: Measurement,
): Promise<ReadonlyMap<number, Finding>> {
  await using fixture = await openMeasuringFixture(testLab, { pi, roles });
  const findings = new Map<number, Finding>();
  for (const payloadBytes of PAYLOADS)
    findings.set(payloadBytes, await measureSize(fixture, pi.name, qos, payloadBytes));
  return findings;
}

async function measureSize(fixture: MeasuringFixture, host: string, qos: QoS, payloadBytes: number): Promise<Finding> {
  if (fixture.granted < qos) return onlyGranted(fixture.granted);
  const subscriber = await undisturbed(() => measureArrivals(fixture, qos, payloadBytes));
  const publisher = await undisturbed(() => measurePublishing(fixture, qos, payloadBytes));
  const { isEncrypted } = fixture;
  const hops = {
    publisher: hopSize(host, publisher, isEncrypted.publisher),
    subscriber: hopSize(host, subscriber, isEncrypted.subscriber),
  };
  return judgeSize({ qos, topic: fixture.roles.topic, payloadBytes, messages: MESSAGES, hops });
}

/** Leaves out the kernel's counters where other messages arrived each time: the counters cannot exclude those. */
async function undisturbed(measure: () => Promise<Hop>): Promise<Hop> {
  for (let attempt = 1; ; attempt += 1) {
    const { ip, ...measured } = await measure();
    if (measured.foreign === 0) return { ...measured, ip };
    if (attempt === ATTEMPTS) return measured;
  }
}

/** This machine publishes; the Pi measures the subscriber's hop. */
async function measureArrivals(fixture: MeasuringFixture, qos: QoS, payloadBytes: number): Promise<Hop> {
  await fixture.order('arrive', JSON.stringify({ count: MESSAGES, size: payloadBytes, qos }));
  await fixture.event('begun');
  for (let index = 0; index < MESSAGES; index += 1) {
    await mustPublish(fixture.sending, fixture.roles.topic, Buffer.alloc(payloadBytes, 'x'), { qos });
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  return await fixture.event('hop');
}

/** The Pi publishes and measures the publisher's hop. */
async function measurePublishing(fixture: MeasuringFixture, qos: QoS, payloadBytes: number): Promise<Hop> {
  await fixture.order('publish', JSON.stringify({ count: MESSAGES, size: payloadBytes, qos }));
  return await fixture.event('hop');
}

function hopSize(host: string, { types, ip }: Hop, isEncrypted: boolean): HopSize {
  const mqttBytes = Object.values(types).reduce((sum, { bytes }) => sum + bytes, 0);
  return { host, types, mqttBytes, ...(ip && { ip }), ...(isEncrypted ? { isEncrypted } : {}) };
}

/** The packets and bytes of each type on a hop, computed from the standard. */
export function expectedTypes(
  role: Role,
  { qos, topic, payloadBytes, messages }: Pick<Size, 'qos' | 'topic' | 'payloadBytes' | 'messages'>,
): HopSize['types'] {
  const steps = hop(role, { qos, topic, payloadBytes });
  return Object.fromEntries(steps.map(({ type, bytes = 0 }) => [type, { packets: messages, bytes: messages * bytes }]));
}

/**
 * Packets and bytes of MQTT must be exact, and the kernel must count as many bytes in the stream, or more with the records
 * of TLS. The bytes of IP are not judged: they depend on acknowledgements.
 */
export function judgeSize(observed: Size): Finding {
  for (const role of ['publisher', 'subscriber'] as const) {
    const { types, mqttBytes, ip, isEncrypted = false } = observed.hops[role];
    const wanted = expectedTypes(role, observed);
    if (!isDeepStrictEqual(types, wanted)) {
      const reason = `the ${role}'s hop took ${JSON.stringify(types)}, not ${JSON.stringify(wanted)}`;
      return { verdict: 'fail', observed, reason };
    }
    const isRight = ip === undefined || (isEncrypted ? ip.streamBytes > mqttBytes : ip.streamBytes === mqttBytes);
    if (!isRight) {
      const reason = `the kernel counted ${ip.streamBytes} bytes in the stream of the ${role}'s hop, but its packets have ${mqttBytes}`;
      return { verdict: 'fail', observed, reason };
    }
  }
  return { verdict: 'pass', observed };
}

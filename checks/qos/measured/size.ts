import { isDeepStrictEqual } from 'node:util';
import type { LivePi } from '../../../deployment/live-lab.ts';
import type { MeasuringEvent } from '../../../probes/clients/measuring-client.ts';
import { hop } from '../../../probes/mqtt/hop.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import type { HopSize, Size } from '../../../records/measured/size.ts';
import type { Finding } from '../../harness/check.ts';
import { mustPublish } from '../../harness/messages.ts';
import type { TestLab } from '../../harness/test-lab.ts';
import { type MeasuringFixture, openMeasuringFixture, type TopicRoles } from './fixture.ts';

export const PAYLOADS = [1, 100, 10_000] as const;
const MESSAGES = 5;
/** Each message is alone on the wire: an acknowledgement is delayed by 40 ms. */
const APART_MS = 60;
/** A topic carries the messages of other checks too; the kernel's counters hold them, so it is weighed again. */
const TRIES = 2;

type Hop = Extract<MeasuringEvent, { kind: 'hop' }>;

export async function measureSize(
  testLab: TestLab,
  pi: LivePi,
  roles: TopicRoles,
  qos: QoS,
  payloadBytes: number,
): Promise<Finding> {
  await using fixture = await openMeasuringFixture(testLab, pi, roles);
  if (fixture.granted < qos) {
    const reason = `the broker grants only QoS ${fixture.granted}`;
    return { verdict: 'skipped', observed: { granted: fixture.granted }, reason };
  }
  const subscriber = await undisturbed(() => weighArrivals(fixture, qos, payloadBytes));
  const publisher = await undisturbed(() => weighPublishing(fixture, qos, payloadBytes));
  const hops = { publisher: hopSize(pi.name, publisher), subscriber: hopSize(pi.name, subscriber) };
  return judgeSize({ qos, topic: roles.topic, payloadBytes, messages: MESSAGES, hops });
}

/** Where it never was alone, without the kernel's counters: the packets are told apart, the segments can't be. */
async function undisturbed(weigh: () => Promise<Hop>): Promise<Hop> {
  for (let tries = 1; ; tries += 1) {
    const { ip, ...weighed } = await weigh();
    if (weighed.foreign === 0) return { ...weighed, ip };
    if (tries === TRIES) return weighed;
  }
}

/** From this machine to the Pi: the Pi weighs the subscriber's hop. */
async function weighArrivals(fixture: MeasuringFixture, qos: QoS, payloadBytes: number): Promise<Hop> {
  await fixture.report('arrive', JSON.stringify({ count: MESSAGES, size: payloadBytes, qos }));
  await fixture.event('begun');
  for (let index = 0; index < MESSAGES; index += 1) {
    await mustPublish(fixture.sending, fixture.roles.topic, Buffer.alloc(payloadBytes, 'x'), { qos });
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  return await fixture.event('hop');
}

/** From the Pi: it weighs the publisher's hop. */
async function weighPublishing(fixture: MeasuringFixture, qos: QoS, payloadBytes: number): Promise<Hop> {
  await fixture.report('publish', JSON.stringify({ count: MESSAGES, size: payloadBytes, qos }));
  return await fixture.event('hop');
}

function hopSize(host: string, { types, ip }: Hop): HopSize {
  const mqttBytes = Object.values(types).reduce((sum, { bytes }) => sum + bytes, 0);
  return { host, types, mqttBytes, ...(ip === undefined ? {} : { ip }) };
}

/** Packets and bytes of each type on a hop by the standard's arithmetic. */
export function expectedTypes(
  role: 'publisher' | 'subscriber',
  { qos, topic, payloadBytes, messages }: Pick<Size, 'qos' | 'topic' | 'payloadBytes' | 'messages'>,
): HopSize['types'] {
  const steps = hop(role, { qos, topic, payloadBytes });
  return Object.fromEntries(steps.map(({ type, bytes = 0 }) => [type, { packets: messages, bytes: messages * bytes }]));
}

/** Packets and bytes of MQTT are exact, and the kernel counted as many in the stream; what IP adds depends on acknowledgements. */
export function judgeSize(observed: Size): Finding {
  for (const role of ['publisher', 'subscriber'] as const) {
    const { types, mqttBytes, ip } = observed.hops[role];
    const wanted = expectedTypes(role, observed);
    if (!isDeepStrictEqual(types, wanted)) {
      const reason = `the ${role}'s hop took ${JSON.stringify(types)}, not ${JSON.stringify(wanted)}`;
      return { verdict: 'fail', observed, reason };
    }
    if (ip !== undefined && ip.streamBytes !== mqttBytes) {
      const reason = `the kernel counted ${ip.streamBytes} bytes in the stream of the ${role}'s hop, its packets have ${mqttBytes}`;
      return { verdict: 'fail', observed, reason };
    }
  }
  return { verdict: 'pass', observed };
}

import type { RawSession } from '../../probes/mqtt/raw-session.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import type { Finding } from './check.ts';
import type { TestLab } from './test-lab.ts';

/**
 * A broker may take less than QoS 2, and says so in its CONNACK (MQTT 5, 3.2.2.3.4): a client then must not publish above it [MQTT-3.2.2-11].
 * The lab's own must take all. Undefined: nothing speaks against publishing.
 */
export function qosNotOffered(
  { isOurs }: Pick<TestLab, 'isOurs'>,
  { packets }: Pick<RawSession, 'packets'>,
  published: QoS,
): Finding | undefined {
  const announced = packets.find(({ type }) => type === 'CONNACK')?.properties ?? [];
  const maximum = announced.find((text) => text.startsWith('maximumQoS '));
  if (isOurs || maximum === undefined || published <= Number(maximum.split(' ')[1])) return undefined;
  return { verdict: 'skipped', observed: { announced }, reason: `the broker announces ${maximum}` };
}

import { LabError } from '../../base/errors.ts';
import type { RawPublish, RawSession } from '../../probes/mqtt/raw-session.ts';

/** Publishes what the broker has to take; a LabError when it closes the connection or refuses with a reason code of MQTT 5. */
export async function mustPublish(
  session: RawSession,
  topic: string,
  payload: Buffer,
  options: RawPublish = {},
): Promise<void> {
  const { qos = 0, retain = false } = options;
  const outcome = await session.publish(topic, payload, options);
  const step = `publish to ${topic} at QoS ${qos}${retain ? ' with RETAIN' : ''}`;
  if (outcome.kind === 'closed') throw new LabError({ subject: 'broker', step, happened: outcome.reason }, 'failed');
  if (outcome.kind === 'acknowledged' && outcome.code >= 0x80) {
    throw new LabError({ subject: 'broker', step, happened: `refused with code ${outcome.code}` }, 'failed');
  }
}

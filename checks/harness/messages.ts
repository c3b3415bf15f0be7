import { randomBytes } from 'node:crypto';
import { LabError } from '../../base/errors.ts';
import type { Packet } from '../../probes/mqtt/packet.ts';
import type { RawPublish, RawSession } from '../../probes/mqtt/raw-session.ts';

const MARK_DIGITS = 7;
const COUNT_DIGITS = 5;

/** The last digits of each nonce of this process. */
export const PROCESS_MARK = randomBytes(4).toString('hex').slice(0, MARK_DIGITS);

let count = 0;

/** A unique text for a payload or a name: 12 hexadecimal digits, which are a counter and the mark of this process. */
export function nonce(): string {
  count = (count + 1) % 16 ** COUNT_DIGITS;
  return `${count.toString(16).padStart(COUNT_DIGITS, '0')}${PROCESS_MARK}`;
}

/** Whether a payload contains a nonce of the process with this mark. */
export function isMarked(payload: Buffer, mark = PROCESS_MARK): boolean {
  return new RegExp(`[0-9a-f]{${COUNT_DIGITS}}${mark}`).test(payload.toString('latin1'));
}

/** Matches a received message with exactly this payload. */
export function isMessage(payload: Buffer): (packet: Packet) => boolean {
  return (packet) =>
    packet.type === 'PUBLISH' && packet.direction === 'received' && packet.payload?.equals(payload) === true;
}

/** Publishes a message that the broker must accept; throws a LabError when it refuses or closes the connection. */
export async function mustPublish(
  session: Pick<RawSession, 'publish'>,
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

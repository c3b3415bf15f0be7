import type { Packet } from '../../probes/mqtt/packet.ts';
import type { QoS } from '../../probes/mqtt/session.ts';
import type { Finding } from '../harness/check.ts';
import type { BrokerKind } from '../harness/test-lab.ts';

/** The longest payload of the checks: 256 KiB. */
export const LONGEST_BYTES = 262_144;
/** Both sides of where the remaining length takes another byte, and of usual limits of buffers and segments. */
const SIZES = [1, 100, 128, 1_500, 16_384, 65_536, LONGEST_BYTES] as const;
/** Shorter payloads may equal those of others. */
const NONCE_BYTES = 12;

/** The sizes to try on a broker with a limit; undefined: it has none that is known. */
export function payloadSizes(limit = LONGEST_BYTES): number[] {
  const most = Math.min(limit, LONGEST_BYTES);
  return [...SIZES.filter((size) => size < most), most];
}

export type Payload = { readonly qos: QoS; readonly bytes: Buffer };
/** The first message that the broker did not accept. */
export type Refused = { readonly size: number; readonly qos: QoS; readonly failure: string };

type Seen = {
  readonly sent: readonly Payload[];
  /** All packets of the subscriber. */
  readonly received: readonly Packet[];
  readonly topic: string;
  readonly refused?: Refused | undefined;
};

/** Every payload must arrive once with all its bytes. An external broker may have a limit of its own. */
export function judgePayloads({ sent, received, topic, refused }: Seen, brokerKind: BrokerKind): Finding {
  const arrived = received.flatMap(({ type, direction, topic: on, payload }) =>
    type === 'PUBLISH' && direction === 'received' && on === topic && payload !== undefined ? [payload] : [],
  );
  const foreign = arrived.filter((payload) => !sent.some(({ bytes }) => bytes.equals(payload)));
  const altered: string[] = [];
  const missing: string[] = [];
  const repeated: string[] = [];
  for (const { qos, bytes } of sent) {
    const copies = arrived.filter((payload) => payload.equals(bytes)).length;
    const name = `${bytes.length} bytes at QoS ${qos}`;
    if (copies > 1 && bytes.length >= NONCE_BYTES) repeated.push(name);
    if (copies > 0) continue;
    const like = foreign.find((payload) => isLike(bytes, payload));
    if (like === undefined) missing.push(name);
    else altered.push(`${name}: ${difference(bytes, like)}`);
  }
  const limit = refused === undefined ? {} : { refused: `${refused.size} bytes at QoS ${refused.qos}` };
  const observed = { arrived: sent.length - missing.length - altered.length, altered, missing, repeated, ...limit };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (altered.length > 0) return fail(`the broker altered ${altered.join(', ')}`);
  if (missing.length > 0) return fail(`the broker did not deliver ${missing.join(', ')}`);
  if (repeated.length > 0) return fail(`the broker delivered more than once ${repeated.join(', ')}`);
  if (refused === undefined) return { verdict: 'pass', observed };
  const reason = `the broker does not accept ${refused.size} bytes at QoS ${refused.qos}: ${refused.failure}`;
  return brokerKind === 'lab' || sent.length === 0 ? fail(reason) : { verdict: 'pass', observed, reason };
}

function isLike(bytes: Buffer, payload: Buffer): boolean {
  if (bytes.length < NONCE_BYTES) return bytes.length === payload.length;
  return payload.includes(bytes.subarray(0, NONCE_BYTES)) || payload.length === bytes.length;
}

function difference(bytes: Buffer, payload: Buffer): string {
  if (payload.length !== bytes.length) return `${payload.length} bytes arrived`;
  const at = bytes.findIndex((byte, index) => payload[index] !== byte);
  return `byte ${at + 1} differs`;
}

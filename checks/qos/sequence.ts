import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Finding } from '../harness/check.ts';

/** Numbered messages, all at QoS 2, and all packets that each end saw. */
export type Sequence = {
  readonly mark: string;
  readonly count: number;
  readonly publisher: readonly Packet[];
  readonly subscriber: readonly Packet[];
  readonly durationMs: number;
};

const PACKETS_A_MESSAGE = 4;
/** The most message numbers that a reason lists. */
const MOST_LISTED = 10;

/** The payload of a message: its number, and digits that depend on it, so that an alteration shows. */
export function numbered(mark: string, index: number): Buffer {
  return Buffer.from(`${mark} ${index} ${(index * 2_654_435_761) % 4_294_967_296}`);
}

export function expectedSequence(count: number): object {
  const packets = count * PACKETS_A_MESSAGE;
  return { received: count, missing: 0, repeated: 0, altered: 0, inOrder: true, packets: bothEnds(packets), dup: 0 };
}

/**
 * Each message must arrive once, unaltered and in order (MQTT-4.6.0-6; MQTT 5: MQTT-4.6.0-5), with four packets a
 * message on each hop.
 */
export function judgeSequence({ mark, count, publisher, subscriber, durationMs }: Sequence): Finding {
  const arrived = subscriber.flatMap(({ type, payload }) =>
    type === 'PUBLISH' && payload?.includes(mark) === true ? [payload] : [],
  );
  const numbers = arrived.map((payload) => Number(payload.toString().split(' ')[1]));
  const times = new Map<number, number>();
  for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !times.has(index));
  const repeated = [...times].filter(([, seen]) => seen > 1).map(([number]) => number);
  const altered = arrived.filter((payload, index) => !payload.equals(numbered(mark, numbers[index] ?? -1)));
  const inOrder = numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? -1));
  const all = { publisher: ownPackets(publisher, mark, 'sent'), subscriber: ownPackets(subscriber, mark, 'received') };
  const dup = [...all.publisher, ...all.subscriber].filter((packet) => packet.dup === true).length;
  const packets = { publisher: all.publisher.length, subscriber: all.subscriber.length };
  const observed = {
    received: arrived.length,
    missing: missing.length,
    repeated: repeated.length,
    altered: altered.length,
    inOrder,
    packets,
    dup,
    durationMs: Math.round(durationMs),
    messagesASecond: Math.round((count * 1_000) / durationMs),
  };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  if (missing.length > 0) return fail(`${missing.length} of ${count} messages are missing: ${listOf(missing)}`);
  if (repeated.length > 0)
    return fail(`${repeated.length} of ${count} messages arrived more than once: ${listOf(repeated)}`);
  if (altered.length > 0) return fail(`${altered.length} of ${count} messages were altered`);
  if (!inOrder) return fail('the messages arrived out of order');
  for (const end of ['publisher', 'subscriber'] as const) {
    const wanted = count * PACKETS_A_MESSAGE;
    if (packets[end] !== wanted) return fail(`the ${end} saw ${packets[end]} packets, not ${wanted}`);
  }
  return dup === 0 ? { verdict: 'pass', observed } : fail(`${dup} packets have the DUP flag`);
}

function bothEnds(packets: number): object {
  return { publisher: packets, subscriber: packets };
}

/** The packets of the exchanges with the mark. A packet id belongs to an exchange until another PUBLISH reuses it. */
function ownPackets(packets: readonly Packet[], mark: string, direction: Packet['direction']): Packet[] {
  const own = new Set<number>();
  return packets.filter((packet) => {
    const { type, packetId = 0, payload } = packet;
    const isExpected = (packet.direction === direction) === (type === 'PUBLISH' || type === 'PUBREL');
    if (!type.startsWith('PUB') || !isExpected) return false;
    if (type === 'PUBLISH') {
      own.delete(packetId);
      if (payload?.includes(mark) === true) own.add(packetId);
    }
    return own.has(packetId);
  });
}

function listOf(numbers: readonly number[]): string {
  return `${numbers.slice(0, MOST_LISTED).join(', ')}${numbers.length > MOST_LISTED ? ', …' : ''}`;
}

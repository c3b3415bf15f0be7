import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Finding } from '../harness/check.ts';

/** Messages with sequence numbers, all at QoS 2, and all packets that both ends saw. */
export type Sequence = {
  readonly mark: string;
  readonly count: number;
  readonly publisher: readonly Packet[];
  readonly subscriber: readonly Packet[];
  readonly durationMs: number;
};

const PACKETS_A_MESSAGE = 4;
/** How many numbers a record names. */
const NAMED = 10;

/** The payload of a message: its number, and bytes that depend on it. */
export function numbered(mark: string, index: number): Buffer {
  return Buffer.from(`${mark} ${index} ${(index * 2_654_435_761) % 4_294_967_296}`);
}

export function expectedSequence(count: number): object {
  const packets = count * PACKETS_A_MESSAGE;
  return { received: count, missing: 0, repeated: 0, altered: 0, inOrder: true, packets: bothEnds(packets), dup: 0 };
}

/** Each message once, unaltered and in order (MQTT-4.6.0-6, in MQTT 5 MQTT-4.6.0-5), by four packets a message and hop. */
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
  if (missing.length > 0) return fail(`${missing.length} of ${count} are missing: ${few(missing)}`);
  if (repeated.length > 0) return fail(`${repeated.length} came more than once: ${few(repeated)}`);
  if (altered.length > 0) return fail(`${altered.length} were altered`);
  if (!inOrder) return fail('they came out of order');
  for (const end of ['publisher', 'subscriber'] as const) {
    const wanted = count * PACKETS_A_MESSAGE;
    if (packets[end] !== wanted) return fail(`the ${end} saw ${packets[end]} packets, not ${wanted}`);
  }
  return dup === 0 ? { verdict: 'pass', observed } : fail(`${dup} packets have the DUP flag`);
}

function bothEnds(packets: number): object {
  return { publisher: packets, subscriber: packets };
}

/** The packets of exchanges that begin with a PUBLISH of these; a packet id is theirs until another PUBLISH takes it. */
function ownPackets(packets: readonly Packet[], mark: string, direction: Packet['direction']): Packet[] {
  const own = new Set<number>();
  return packets.filter((packet) => {
    const { type, packetId = 0, payload } = packet;
    const isTowards = (packet.direction === direction) === (type === 'PUBLISH' || type === 'PUBREL');
    if (!type.startsWith('PUB') || !isTowards) return false;
    if (type === 'PUBLISH') {
      own.delete(packetId);
      if (payload?.includes(mark) === true) own.add(packetId);
    }
    return own.has(packetId);
  });
}

function few(numbers: readonly number[]): string {
  return `${numbers.slice(0, NAMED).join(', ')}${numbers.length > NAMED ? ', …' : ''}`;
}

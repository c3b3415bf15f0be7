import type { EventOf, LiveEvent, Side } from '../../protocol.ts';
import type { OpenRule } from './rule.ts';

/** Rounding to microseconds. */
const ROUNDED_MS = 0.002;

/** Latencies and counters are those of the packets. */
export const figuresRule: OpenRule = (events) => {
  const sums = new Map<Side, { packets: number; bytes: number; ipBytes: number }>();
  const measured = new Set<number>();
  const sumOf = (side: Side) => sums.get(side) ?? { packets: 0, bytes: 0, ipBytes: 0 };
  return (event) => {
    if (event.is === 'state' && event.state === 'connecting')
      sums.set(event.side, { packets: 0, bytes: 0, ipBytes: 0 });
    if (event.is === 'packet') {
      const { packets, bytes, ipBytes } = sumOf(event.side);
      sums.set(event.side, { packets: packets + 1, bytes: bytes + event.packet.bytes, ipBytes });
    }
    if (event.is === 'counters') return counted(event, sumOf(event.side));
    if (event.is === 'words' && event.seqs.some((seq) => seq >= event.seq)) return ['its words are about later events'];
    return event.is === 'latency' ? latency(event, events, measured) : [];
  };
};

function counted(
  { packets, mqttBytes, ip }: EventOf<'counters'>,
  sum: { packets: number; bytes: number; ipBytes: number },
) {
  const found: string[] = [];
  if (packets !== sum.packets) found.push(`${packets} packets are counted, but ${sum.packets} were recorded`);
  if (mqttBytes !== sum.bytes) found.push(`${mqttBytes} bytes are counted, but ${sum.bytes} were recorded`);
  if (ip !== undefined && ip.bytes < sum.ipBytes) found.push('the IP bytes have become fewer');
  sum.ipBytes = Math.max(sum.ipBytes, ip?.bytes ?? 0);
  return found;
}

function latency({ seq, ms, seqs }: EventOf<'latency'>, events: readonly LiveEvent[], measured: Set<number>): string[] {
  const [sent, copy] = seqs.map((one) => events[one - 1]);
  if (sent?.is !== 'packet' || copy?.is !== 'packet' || seqs.some((one) => one >= seq))
    return ['its latency is of no packets'];
  const isPair =
    [sent, copy].every(({ packet }) => packet.type === 'PUBLISH') &&
    sent.packet.direction === 'sent' &&
    copy.packet.direction === 'received' &&
    sent.packet.topic === copy.packet.topic &&
    sent.packet.payload === copy.packet.payload &&
    sent.packet.payloadBytes === copy.packet.payloadBytes;
  if (!isPair) return ['its latency is of two different messages'];
  if (measured.has(copy.seq)) return ['its latency is measured a second time'];
  measured.add(copy.seq);
  const expected = copy.at - sent.at;
  if (Math.abs(expected - ms) > ROUNDED_MS)
    return [`its latency is ${ms} ms, but the packets are ${expected.toFixed(3)} ms apart`];
  return [];
}

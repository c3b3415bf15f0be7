import { median } from '../median.ts';
import type { LiveEvent, Side } from '../protocol.ts';

/** What one connection of a side cost, from its CONNECT to its last packet or count. */
export type ConnectionFigures = {
  readonly side: Side;
  readonly user: string;
  /** Seconds. */
  readonly keepAlive: number;
  readonly seconds: number;
  readonly packets: number;
  readonly pings: number;
  readonly mqttBytes: number;
  /** From the kernel of the client's host; undefined where it has none. */
  readonly ipBytes?: number;
};

type Counting = { -readonly [K in keyof Omit<ConnectionFigures, 'seconds'>]: ConnectionFigures[K] } & {
  readonly from: number;
  to: number;
};

/** The connections of both sides in order, so that those with other keep alives stand side by side. */
export function connectionFigures(events: readonly LiveEvent[]): ConnectionFigures[] {
  const all: Counting[] = [];
  const current = new Map<Side, Counting>();
  for (const event of events) {
    if (event.is === 'state' && event.state === 'ended') current.delete(event.side);
    if (event.is !== 'packet' && event.is !== 'counters') continue;
    if (event.is === 'packet' && event.packet.type === 'CONNECT') {
      const { user = '', keepAlive = 0 } = event.packet.connect ?? {};
      const begun = { side: event.side, user, keepAlive, packets: 0, pings: 0, mqttBytes: 0 };
      const counting = { ...begun, from: event.at, to: event.at };
      current.set(event.side, counting);
      all.push(counting);
    }
    const counting = current.get(event.side);
    if (counting === undefined) continue;
    counting.to = Math.max(counting.to, event.at);
    if (event.is === 'counters') {
      if (event.ip !== undefined) counting.ipBytes = event.ip.bytes;
      continue;
    }
    counting.packets += 1;
    counting.mqttBytes += event.packet.bytes;
    if (event.packet.type === 'PINGREQ') counting.pings += 1;
  }
  return all.map(({ from, to, ...figures }) => ({ ...figures, seconds: (to - from) / 1000 }));
}

/** Of the messages that reached the subscriber, in milliseconds; undefined for none. */
export function medianLatency(
  events: readonly LiveEvent[],
): { readonly ms: number; readonly count: number } | undefined {
  const all = events.flatMap((event) => (event.is === 'latency' ? [event.ms] : []));
  const ms = median(all);
  return ms === undefined ? undefined : { ms, count: all.length };
}

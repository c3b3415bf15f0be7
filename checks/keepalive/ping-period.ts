import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Finding } from '../harness/check.ts';

/** How much later than its keep alive a client may send, in milliseconds. */
export type PingingClient = { readonly lateMs: number };

/**
 * At most 0.02 s late as measured on 2.0.11, where the client checks once a second; the rest allows for a busy machine.
 * The broker waits for another half of the keep alive.
 */
export const MOSQUITTO_CLIENT: PingingClient = { lateMs: 2_000 };
/** As measured, 0.05 s late on an idle machine and 0.5 s at three times as much load as cores. */
export const MQTT_JS: PingingClient = { lateMs: 2_000 };

/** What an idle client sent and received. */
export type Idle = {
  readonly packets: readonly Packet[];
  /** When it started, in milliseconds since 1970, before its first packet. */
  readonly startedAt: number;
  /** How much later than the client, in milliseconds, this process may have seen a packet. */
  readonly uncertainMs: number;
};

export type ExpectedPings = {
  readonly keepAlive: number;
  readonly client: PingingClient;
  /** @default 1 */
  readonly count?: number;
};

/** How far apart an idle client's packets may be, in milliseconds: at most its keep alive, and not much less. */
export function pingWindow(keepAlive: number, { lateMs }: PingingClient): { leastMs: number; mostMs: number } {
  return { leastMs: keepAlive * 500, mostMs: keepAlive * 1000 + lateMs };
}

/**
 * Judges an idle client up to the answer of its last expected PINGREQ. No two of its packets may be further apart than
 * the keep alive and its tolerance [MQTT-3.1.2-23; MQTT 5: MQTT-3.1.2-20], no PINGREQ earlier than half the keep alive
 * after the start or the one before, and each must be answered [MQTT-3.12.4-1].
 */
export function judgePings(
  { packets, startedAt, uncertainMs }: Idle,
  { keepAlive, client, count = 1 }: ExpectedPings,
): Finding {
  const { leastMs, mostMs } = pingWindow(keepAlive, client);
  const pings = packets.filter(({ type }) => type === 'PINGREQ').slice(0, count);
  const pongs = packets.filter(({ type }) => type === 'PINGRESP');
  const lastPing = pings.at(-1)?.at;
  const sent = packets.filter(
    ({ direction, at }) => direction === 'sent' && (lastPing === undefined || at <= lastPing),
  );
  const intervalsMs = gaps(sent.map(({ at }) => at));
  const [firstMs = 0, ...periodsMs] = gaps([startedAt, ...pings.map(({ at }) => at)]);
  const answeredMs = pings.flatMap(({ at }, index) => {
    const pong = pongs[index];
    return pong === undefined ? [] : [Math.round(pong.at - at)];
  });
  const observed = { intervalsMs, ...(count === 1 ? {} : { periodsMs }), answeredMs, uncertainMs };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  const longest = Math.max(0, ...intervalsMs);
  if (longest - uncertainMs > mostMs) {
    const reason = `the client sent nothing for ${longest / 1000} s, more than ${mostMs / 1000} s`;
    return { ...fail(reason), isLate: true };
  }
  if (pings.length < count) {
    return { ...fail(`the client sent ${pings.length || 'no'} PINGREQ in time, not ${count}`), isLate: true };
  }
  // the client sent the first ping no later than it was seen, so that interval is certain
  const shortest = Math.min(firstMs, ...periodsMs.map((periodMs) => periodMs + uncertainMs));
  if (shortest < leastMs)
    return fail(`the client sent a PINGREQ after ${shortest / 1000} s, earlier than ${leastMs / 1000} s`);
  // mqtt.js waits half a keep alive for a PINGRESP, then closes the connection
  if (answeredMs.length < count) return { ...fail('the broker did not answer a PINGREQ'), isLate: true };
  return { verdict: 'pass', observed, waitMs: Math.round((lastPing ?? startedAt) - startedAt) };
}

function gaps(moments: readonly number[]): number[] {
  return moments.slice(1).map((at, index) => Math.round(at - (moments[index] ?? at)));
}

import type { Packet } from '../../probes/mqtt/packet.ts';
import type { Finding } from '../harness/check.ts';

/** How much later than its keep alive a client may send, in milliseconds. */
export type PingingClient = { readonly lateMs: number };

/** Measured 0.02 s late at most on 2.0.11, where it looks once a second; the rest is for a busy machine. A broker waits for 0.5 K longer. */
export const MOSQUITTO_CLIENT: PingingClient = { lateMs: 2_000 };
/** Measured 0.05 s late on an idle machine, 0.5 s on one with three times as much work as cores. */
export const MQTT_JS: PingingClient = { lateMs: 2_000 };

/** What an idle client sent and received. */
export type Idle = {
  readonly packets: readonly Packet[];
  /** When it was started, in milliseconds since 1970: what it sent, it sent later. */
  readonly startedAt: number;
  /** How much of an interval, in milliseconds, may be no doing of the client's: its packets are seen late. */
  readonly uncertainMs: number;
};

/** How far apart an idle client's packets may be, in milliseconds: no further than its keep alive, and to some purpose. */
export function pingWindow(keepAlive: number, { lateMs }: PingingClient): { leastMs: number; mostMs: number } {
  return { leastMs: keepAlive * 500, mostMs: keepAlive * 1000 + lateMs };
}

/**
 * Judges an idle client from its start to the answer of its last PINGREQ that is wanted: no two of its packets further apart than the keep alive
 * [MQTT-3.1.2-23; MQTT 5: MQTT-3.1.2-20] and its client's tolerance, no PINGREQ earlier than half of it after its start or the one before, and each
 * answered [MQTT-3.12.4-1].
 */
export function judgePings(
  { packets, startedAt, uncertainMs }: Idle,
  keepAlive: number,
  client: PingingClient,
  wanted = 1,
): Finding {
  const { leastMs, mostMs } = pingWindow(keepAlive, client);
  const pings = packets.filter(({ type }) => type === 'PINGREQ').slice(0, wanted);
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
  const observed = { intervalsMs, ...(wanted === 1 ? {} : { periodsMs }), answeredMs, uncertainMs };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  const longest = Math.max(0, ...intervalsMs);
  if (longest - uncertainMs > mostMs)
    return fail(`${longest / 1000} s between two packets of the client, more than ${mostMs / 1000} s`);
  if (pings.length < wanted) return fail(`${pings.length || 'no'} PINGREQ in time, not ${wanted}`);
  // the first can only be told late, which makes it no earlier
  const shortest = Math.min(firstMs, ...periodsMs.map((periodMs) => periodMs + uncertainMs));
  if (shortest < leastMs) return fail(`a PINGREQ after ${shortest / 1000} s, before ${leastMs / 1000} s`);
  if (answeredMs.length < wanted) return fail('a PINGREQ was not answered');
  return { verdict: 'pass', observed, waitMs: Math.round((lastPing ?? startedAt) - startedAt) };
}

function gaps(moments: readonly number[]): number[] {
  return moments.slice(1).map((at, index) => Math.round(at - (moments[index] ?? at)));
}

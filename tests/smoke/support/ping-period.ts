import type { Packet } from '../../../probes/packet.ts';
import type { Finding } from './check.ts';

/** How much later than its keep alive a client may send, in milliseconds. */
export type PingingClient = { readonly lateMs: number };

/** Measured 0.02 s late at most on 2.0.11, where it looks once a second; the rest is for a busy machine. A broker waits for 0.5 K longer. */
export const MOSQUITTO_CLIENT: PingingClient = { lateMs: 2_000 };
/** Measured 0.05 s late on an idle machine, 0.5 s on one with three times as much work as cores. */
export const MQTT_JS: PingingClient = { lateMs: 2_000 };

/**
 * Judges an idle client from its CONNECT to the answer of its first PINGREQ: no two of its packets further apart than the keep alive [MQTT-3.1.2-23]
 * and its client's tolerance, and the PINGREQ answered [MQTT-3.12.4-1]. `stallMs` is how long its process was kept from running.
 */
export function judgePings(
  packets: readonly Packet[],
  keepAlive: number,
  { lateMs }: PingingClient,
  stallMs = 0,
): Finding {
  const sent = packets.filter(({ direction }) => direction === 'sent');
  const intervalsMs = sent.slice(1).map(({ at }, index) => Math.round(at - (sent[index]?.at ?? at)));
  const ping = sent.find(({ type }) => type === 'PINGREQ');
  const pong = packets.find(({ type }) => type === 'PINGRESP');
  const answeredMs = ping === undefined || pong === undefined ? undefined : Math.round(pong.at - ping.at);
  const observed = { intervalsMs, answeredMs };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  const mostMs = keepAlive * 1000 + lateMs + stallMs;
  const longest = Math.max(0, ...intervalsMs);
  if (longest > mostMs)
    return fail(`${longest / 1000} s between two packets of the client, more than ${mostMs / 1000} s`);
  if (ping === undefined) return fail(`no PINGREQ within ${mostMs / 1000} s`);
  if (answeredMs === undefined) return fail('the PINGREQ was not answered');
  return { verdict: 'pass', observed, waitMs: longest };
}

import type { Packet } from '../../../probes/packet.ts';
import type { Finding } from './check.ts';

/** How much later than its keep alive a client may send, in milliseconds: its own habit and a second for a busy machine. */
export type PingingClient = { readonly lateMs: number };

/** libmosquitto looks once a second. */
export const MOSQUITTO_CLIENT: PingingClient = { lateMs: 2_000 };
/** A timer. */
export const MQTT_JS: PingingClient = { lateMs: 1_000 };

/**
 * Judges an idle client from its CONNECT to the answer of its first PINGREQ: no two of its packets further apart than the keep alive [MQTT-3.1.2-23]
 * and its client's tolerance, and the PINGREQ answered [MQTT-3.12.4-1].
 */
export function judgePings(packets: readonly Packet[], keepAlive: number, { lateMs }: PingingClient): Finding {
  const sent = packets.filter(({ direction }) => direction === 'sent');
  const intervalsMs = sent.slice(1).map(({ at }, index) => Math.round(at - (sent[index]?.at ?? at)));
  const ping = sent.find(({ type }) => type === 'PINGREQ');
  const pong = packets.find(({ type }) => type === 'PINGRESP');
  const answeredMs = ping === undefined || pong === undefined ? undefined : Math.round(pong.at - ping.at);
  const observed = { intervalsMs, answeredMs };
  const fail = (reason: string): Finding => ({ verdict: 'fail', observed, reason });
  const mostMs = keepAlive * 1000 + lateMs;
  const longest = Math.max(0, ...intervalsMs);
  if (longest > mostMs)
    return fail(`${longest / 1000} s between two packets of the client, more than ${mostMs / 1000} s`);
  if (ping === undefined) return fail(`no PINGREQ within ${mostMs / 1000} s`);
  if (answeredMs === undefined) return fail('the PINGREQ was not answered');
  return { verdict: 'pass', observed, waitMs: longest };
}

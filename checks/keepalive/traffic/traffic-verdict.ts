import type { Packet, PacketType } from '../../../probes/mqtt/packet.ts';
import type { CounterSample } from '../../../probes/network/connection-counters.ts';
import type { Traffic } from '../../../records/measured/traffic.ts';
import type { Finding } from '../../harness/check.ts';
import { judgePings, type PingingClient, pingWindow } from '../ping-period.ts';
import { thinned } from './thinned.ts';

/** PINGREQ and PINGRESP. */
export const PING_BYTES = 4;
/** Request, answer and the acknowledgement of the answer; a busy machine may acknowledge separately or resend. */
export const PING_SEGMENTS = { least: 2, most: 6 } as const;

/** The packets and counters of one client. */
export type Watched = {
  readonly keepAlive: number;
  /** Control packets in order, the CONNECT first, each with its size in bytes. */
  readonly packets: readonly (Packet & { readonly bytes: number })[];
  /** The kernel's counters of the connection; undefined where the kernel has none. */
  readonly counted: readonly CounterSample[] | undefined;
  /** When the client started and when the measurement ended, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** How much of an interval, in milliseconds, the client may not have caused. */
  readonly uncertainMs: number;
};

type Measured = Pick<Traffic, 'durationMs' | 'pings' | 'pingsAtMs' | 'samples' | 'perPing' | 'packets' | 'messages'>;
export type Judged = Pick<Finding, 'verdict' | 'reason' | 'waitMs'> & { readonly measured: Measured };

/** An idle client must send `wanted` pings in time, get them answered, and exchange nothing else but its one message. */
export function judgeIdle(watched: Watched, client: PingingClient, wanted: number): Judged {
  const { packets, startedAt, keepAlive, uncertainMs } = watched;
  const perPing = costOfPing(watched);
  const measured = { ...measuredOf(watched), ...(perPing === undefined ? {} : { perPing }) };
  const pings = judgePings({ packets, startedAt, uncertainMs }, { keepAlive, client, count: wanted });
  const { segments } = measured.perPing ?? {};
  const failures = [
    pings.reason,
    othersOf(packets),
    uncounted(watched),
    segments !== undefined && (segments < PING_SEGMENTS.least || segments > PING_SEGMENTS.most)
      ? `a ping took ${segments} segments, not ${PING_SEGMENTS.least} to ${PING_SEGMENTS.most}`
      : undefined,
  ];
  return { ...verdictOf(failures), ...(pings.waitMs === undefined ? {} : { waitMs: pings.waitMs }), measured };
}

/** A busy client must never be silent for longer than its keep alive, and the broker must answer each ping. */
export function judgeBusy(watched: Watched, client: PingingClient, leastMessages: number): Judged {
  const { packets, keepAlive, uncertainMs, endedAt } = watched;
  const measured = measuredOf(watched);
  const { mostMs } = pingWindow(keepAlive, client);
  const sent = packets.filter(({ direction }) => direction === 'sent').map(({ at }) => at);
  const longest = Math.max(0, ...[...sent.slice(1), endedAt].map((at, index) => Math.round(at - (sent[index] ?? at))));
  const answered = packets.filter(({ type }) => type === 'PINGRESP').length;
  const failures = [
    longest - uncertainMs > mostMs
      ? `the client sent nothing for ${longest / 1000} s, more than ${mostMs / 1000} s`
      : undefined,
    // the answer to the last ping may be in transit
    answered < measured.pings - 1 ? `${answered} of ${measured.pings} PINGREQ were answered` : undefined,
    measured.messages < leastMessages ? `${measured.messages} messages, not ${leastMessages}` : undefined,
    uncounted(watched),
  ];
  return { ...verdictOf(failures), measured };
}

function verdictOf(
  failures: readonly (string | undefined)[],
): { verdict: 'pass' } | { verdict: 'fail'; reason: string } {
  const reasons = failures.filter((failure) => failure !== undefined);
  return reasons.length === 0 ? { verdict: 'pass' } : { verdict: 'fail', reason: reasons.join('; ') };
}

/** What an idle client exchanges once each, besides its pings. */
const ONCE: readonly PacketType[] = ['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK'];

/** Describes packets of an idle connection besides its one message and its pings; undefined where there are none. */
function othersOf(packets: Watched['packets']): string | undefined {
  const others = packets.filter(
    ({ type }, index) =>
      !type.startsWith('PING') &&
      !(ONCE.includes(type) && packets.findIndex((packet) => packet.type === type) === index),
  );
  const [first] = others;
  if (first === undefined) return undefined;
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return `besides the message and the pings, a ${first.type} was ${first.direction}${more}`;
}

/** How the kernel's bytes differ from those of the client's packets; undefined where they match or the kernel has no counters. */
function uncounted({ packets, counted }: Pick<Watched, 'packets' | 'counted'>): string | undefined {
  if (counted === undefined || isWhole(packets, counted)) return undefined;
  const last = counted.at(-1)?.streamBytes ?? 'no';
  return `the kernel counted ${last} bytes of MQTT, the client's packets take ${bytesIn(packets)}`;
}

/** Packets of a message and of a ping that may pass after the last reading of the counters. */
const IN_TRANSIT = 4;

/** Whether the kernel counted exactly the bytes of the client's packets, except the last few in transit. */
export function isWhole(packets: Watched['packets'], counted: readonly CounterSample[]): boolean {
  const last = counted.at(-1)?.streamBytes;
  let sum = 0;
  return packets.some(({ bytes }, index) => {
    sum += bytes;
    return sum === last && packets.length - 1 - index <= IN_TRANSIT;
  });
}

function measuredOf(watched: Watched): Measured {
  const { packets, counted, endedAt } = watched;
  const beginAt = packets[0]?.at ?? watched.startedAt;
  const atMs = (at: number) => Math.max(0, Math.round(at - beginAt));
  const pings = packets.filter(({ type }) => type === 'PINGREQ');
  let sum = 0;
  const fromPackets = packets.map(({ at, bytes }) => {
    sum += bytes;
    return { atMs: atMs(at), mqttBytes: sum };
  });
  const fromKernel = counted?.map(({ at, streamBytes: mqttBytes, ipBytes, segments }) => {
    return { atMs: atMs(at), mqttBytes, ipBytes, segments };
  });
  return {
    durationMs: atMs(endedAt),
    pings: pings.length,
    pingsAtMs: pings.map(({ at }) => atMs(at)),
    packets: packets.length,
    messages: packets.filter(({ type }) => type === 'PUBLISH').length,
    samples: thinned(fromKernel ?? fromPackets),
  };
}

/**
 * Average cost of the pings after the last other packet: the difference of the counters before and after these pings.
 * The bytes counted so far, not the time, select the two readings, so a late acknowledgement is included.
 * Without counters the packets' own bytes count.
 */
function costOfPing({ packets, counted }: Watched): Traffic['perPing'] {
  const settled = packets.findLastIndex(({ type }) => !type.startsWith('PING'));
  const first = packets.findIndex(({ type }, index) => index > settled && type === 'PINGREQ');
  if (first < 0) return undefined;
  const end = packets.findLastIndex(({ type }) => type === 'PINGRESP') + 1;
  const alone = packets.slice(first, end);
  const pings = alone.filter(({ type }) => type === 'PINGRESP').length;
  if (pings === 0) return undefined;
  if (counted === undefined) return { mqttBytes: rounded(bytesIn(alone) / pings) };
  const before = bytesIn(packets.slice(0, first));
  const from = counted.findLast(({ streamBytes }) => streamBytes === before);
  const to = counted.findLast(({ streamBytes }) => streamBytes === before + bytesIn(alone));
  if (from === undefined || to === undefined) return undefined;
  const each = (of: (sample: CounterSample) => number) => rounded((of(to) - of(from)) / pings);
  return {
    mqttBytes: each(({ streamBytes }) => streamBytes),
    ipBytes: each(({ ipBytes }) => ipBytes),
    segments: each(({ segments }) => segments),
  };
}

function bytesIn(packets: Watched['packets']): number {
  return packets.reduce((sum, { bytes }) => sum + bytes, 0);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

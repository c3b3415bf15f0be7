import type { Packet, PacketType } from '../../../probes/mqtt/packet.ts';
import type { CounterSample } from '../../../probes/network/connection-counters.ts';
import type { Traffic } from '../../../records/measured/traffic.ts';
import type { Finding } from '../../harness/check.ts';
import { judgePings, type PingingClient, pingWindow } from '../ping-period.ts';
import { thinned } from './thinned.ts';

/** PINGREQ and PINGRESP. */
export const PING_BYTES = 4;
/** Request, answer and the acknowledgement of the answer; more where a busy machine acknowledges apart or sends something twice. */
export const PING_SEGMENTS = { least: 2, most: 6 } as const;

/** What was seen of one client. */
export type Watched = {
  readonly keepAlive: number;
  /** Control packets in order, the CONNECT first, each with its bytes by the standard's formats. */
  readonly packets: readonly (Packet & { readonly bytes: number })[];
  /** The kernel's counters of the connection; undefined where it does not tell. */
  readonly counted: readonly CounterSample[] | undefined;
  /** When it was started and when it was looked at for the last time, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** How much of an interval, in milliseconds, may be no doing of the client's. */
  readonly uncertainMs: number;
};

type Measured = Pick<Traffic, 'durationMs' | 'pings' | 'pingsAtMs' | 'samples' | 'perPing' | 'packets' | 'messages'>;
export type Judged = Pick<Finding, 'verdict' | 'reason' | 'waitMs'> & { readonly measured: Measured };

/** An idle client: so many pings, in time and answered, and beside its one message no other control packet. */
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

/** A busy client: whatever it sends, never silent for longer than its keep alive, and each of its pings answered. */
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
    // the last one's answer may be under way
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

/** What an idle client exchanges but for its pings, each once. */
const ONCE: readonly PacketType[] = ['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK'];

/** What was on an idle connection beside its one message and its pings, in words; undefined: nothing. */
function othersOf(packets: Watched['packets']): string | undefined {
  const others = packets.filter(
    ({ type }, index) =>
      !type.startsWith('PING') &&
      !(ONCE.includes(type) && packets.findIndex((packet) => packet.type === type) === index),
  );
  const [first] = others;
  if (first === undefined) return undefined;
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return `beside the message and the pings a ${first.type} was ${first.direction}${more}`;
}

/** Why the kernel's bytes are not those of the client's packets; undefined: they are, or it does not tell. */
function uncounted({ packets, counted }: Pick<Watched, 'packets' | 'counted'>): string | undefined {
  if (counted === undefined || isWhole(packets, counted)) return undefined;
  const last = counted.at(-1)?.streamBytes ?? 'no';
  return `the kernel counted ${last} bytes of MQTT, the client's packets take ${bytesIn(packets)}`;
}

/** Packets of a message and of a ping that may come between the last look at the counters and the end. */
const UNDER_WAY = 4;

/** Whether the kernel has seen the client's packets and nothing else, to the byte, but for the last few that are under way. */
export function isWhole(packets: Watched['packets'], counted: readonly CounterSample[]): boolean {
  const last = counted.at(-1)?.streamBytes;
  let sum = 0;
  return packets.some(({ bytes }, index) => {
    sum += bytes;
    return sum === last && packets.length - 1 - index <= UNDER_WAY;
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
 * What a ping cost on average, from the counters before the first and after the last answer of those behind everything else: told by the bytes that
 * they stand at and not by the time, so that no late acknowledgement is missed. Where nobody counts, by the packets' own bytes.
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

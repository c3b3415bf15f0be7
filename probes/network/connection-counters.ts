import { readFile } from 'node:fs/promises';
import { MOST_SLOWNESS } from '../../base/slowness.ts';
import { endRunning } from '../../provisioning/hosts/end-running.ts';
import type { Host } from '../../provisioning/hosts/host.ts';
import { pythonScript, whenOver } from '../host-command.ts';
import { type Feed, openFeed } from '../mqtt/feed.ts';
import { now } from '../mqtt/packet.ts';

/** The kernel's counters of one TCP connection since its begin. */
export type Counters = {
  /** Bytes of the TCP stream, both ways, without retransmissions. */
  readonly streamBytes: number;
  /** Bytes of all segments with their IP and TCP headers, both ways; received retransmissions are not counted. */
  readonly ipBytes: number;
  readonly segments: number;
  /** Bytes of the TCP stream that this host has sent again. */
  readonly resentBytes: number;
};

export type CounterEvent =
  | { readonly kind: 'round'; readonly monotonicMs: number }
  | { readonly kind: 'counters'; readonly port: number; readonly counters: Counters }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Counters at a moment, in milliseconds since 1970 by this machine's clock. */
export type CounterSample = Counters & { readonly at: number };

/** Watches all connections of a host to the broker's port, round by round. Disposing of it ends it. */
export type ConnectionCounters = AsyncDisposable & {
  readonly events: Feed<CounterEvent>;
  /** How the counters of a client's port changed, in order; empty where the kernel has none. */
  of(port: number): CounterSample[];
  /** The newest counters of a client's port; undefined where the kernel has none. */
  latest(port: number): Counters | undefined;
  /** Resolves when everything until now is counted; rejects with NotSeen when that takes longer than the bound. */
  caughtUp(boundMs: number): Promise<void>;
};

type Limits = { readonly boundMs: number; readonly signal?: AbortSignal | undefined };

/** Bits of tcpi_options (linux/tcp.h). */
const TIME_STAMPS = 1;
const SELECTIVE_ACKNOWLEDGEMENTS = 2;
const WINDOW_SCALE = 4;

const TCP_HEADER = 20;
const IP_HEADER = { 4: 20, 6: 40 } as const;
const EVERY_MS = 250;

export async function watchConnections(host: Host, port: number, limits: Limits): Promise<ConnectionCounters> {
  const program = await readFile(new URL('connection_counters.py', import.meta.url), 'utf8');
  const events = openFeed<CounterEvent>(`the counters of ${host.name}`);
  const clock = openClock();
  const samples = new Map<number, (Counters & { readonly monotonicMs: number })[]>();
  let monotonicMs = 0;
  let rounds = 0;
  let lastError: string | undefined;
  const running = host.start({
    step: "read the kernel's counters of connections",
    // the bound may stretch while the program runs
    script: pythonScript(program, {
      port,
      everyMs: EVERY_MS,
      boundSeconds: Math.ceil((limits.boundMs * MOST_SLOWNESS) / 1000),
    }),
    timeoutMs: limits.boundMs,
    signal: limits.signal,
    onLine(line, stream) {
      if (stream === 'stderr') lastError = line;
      const event = parseCounterLine(line);
      if (event === undefined) return;
      if (event.kind === 'round') {
        monotonicMs = event.monotonicMs;
        rounds += 1;
        clock.seen(monotonicMs);
      } else if (event.kind === 'counters') {
        const ofPort = samples.get(event.port) ?? [];
        samples.set(event.port, ofPort);
        ofPort.push({ ...event.counters, monotonicMs });
      }
      events.push(event);
    },
  });
  whenOver(running.result, () => lastError, events.end);
  return {
    events,
    of(ofPort) {
      return (samples.get(ofPort) ?? []).map(({ monotonicMs, ...counters }) => ({
        ...counters,
        at: clock.here(monotonicMs),
      }));
    },
    latest: (ofPort) => samples.get(ofPort)?.at(-1),
    async caughtUp(boundMs) {
      // the next round may have begun before; the one after it begins later, and is complete when the third begins
      const wanted = rounds + 3;
      await events.first(() => rounds >= wanted, 'counters', boundMs);
    },
    [Symbol.asyncDispose]: () => endRunning(running),
  };
}

/** The host's monotonic clock in this machine's time. No line comes before it was written, so the fastest line gives the difference. */
function openClock(): { seen(monotonicMs: number): void; here(monotonicMs: number): number } {
  let leastMs = Number.POSITIVE_INFINITY;
  return {
    seen(monotonicMs) {
      leastMs = Math.min(leastMs, now() - monotonicMs);
    },
    here: (monotonicMs) => monotonicMs + leastMs,
  };
}

/** The event in a line of connection_counters.py; undefined for any other line. */
export function parseCounterLine(line: string): CounterEvent | undefined {
  const [word, ...rest] = line.split(' ');
  if (word === 'ROUND') return { kind: 'round', monotonicMs: Number(rest[0]) };
  if (word === 'UNAVAILABLE') return { kind: 'unavailable', reason: rest.join(' ') };
  if (word !== 'COUNTERS') return undefined;
  const [port, version, options, sent, resent, received, segmentsOut, segmentsIn] = rest.map(Number);
  if (port === undefined || options === undefined || sent === undefined || resent === undefined) return undefined;
  if (received === undefined || segmentsOut === undefined || segmentsIn === undefined) return undefined;
  const segments = segmentsOut + segmentsIn;
  const headers = segments * segmentHeader(version === 6 ? 6 : 4, options) + 2 * extraOfSyn(options);
  const counters = {
    streamBytes: sent - resent + received,
    ipBytes: sent + received + headers,
    segments,
    resentBytes: resent,
  };
  return { kind: 'counters', port, counters };
}

/** IP and TCP headers of a segment; time stamps take 12 bytes in each (RFC 7323, appendix A). */
function segmentHeader(version: 4 | 6, options: number): number {
  return IP_HEADER[version] + TCP_HEADER + (options & TIME_STAMPS ? 12 : 0);
}

/**
 * The additional options of a SYN and its answer: maximum segment size 4 bytes (RFC 9293), window scale 3 and one of
 * padding (RFC 7323), selective acknowledgements permitted 2 (RFC 2018), which Linux writes into the padding of the time
 * stamps where there are any.
 */
function extraOfSyn(options: number): number {
  const permitted = options & SELECTIVE_ACKNOWLEDGEMENTS && !(options & TIME_STAMPS) ? 4 : 0;
  return 4 + (options & WINDOW_SCALE ? 4 : 0) + permitted;
}

import { atMost, type Limit } from '../../base/limit.ts';
import { setSlowness } from '../../base/slowness.ts';
import { forgetAnswers } from '../../probes/mqtt/answers.ts';
import type { SlowPlace } from '../../records/environment.ts';

/** A login that takes this long on a fast machine, and a command over SSH. */
const REFERENCE_MS = { broker: 250, host: 500 } as const;
/** Above this, a place has more work at once than it serves well. */
const SLOW_MS = 1_000;
const FIRST_WINDOW = { broker: 48, host: 24 } as const;
const SMALLEST = 2;
/** SSH handshakes at a time with one host. */
const CONNECTING = 2;
/** How many times as long as on a fast machine a place takes that the recap calls slow. */
const SLOW_FROM = 4;
/** How many answers show how slow a place is now. */
const RECENT = 12;
/** A waiting check counts as work only while it starts. */
const STARTING_MS = 3_000;

/** Keeps as many checks in flight as the broker and each host serve well, as TCP does with segments. */
export type Pace = {
  /** Runs a check's work when its places have room. */
  admit<T>(check: { readonly host?: string; readonly waits?: boolean }, work: () => Promise<T>): Promise<T>;
  /** Connects to a host, few at a time: nothing costs the host more CPU than a handshake. */
  connect<T>(host: string, work: () => Promise<T>): Promise<T>;
  /** Adds how long a login at the broker took, or the start of a command on a host. */
  sample(place: string, startedAt: number): void;
  /** Whether the last sample of a place is older than this. False for a place without a sample. */
  isQuiet(place: string, ms: number): boolean;
  /** The slow places. */
  report(): readonly SlowPlace[];
};

/** The broker's place; hosts have their names. */
export const BROKER = 'the broker';

export function openPace(thisMachine: string): Pace {
  setSlowness(1);
  forgetAnswers();
  const places = new Map<string, Place>();
  const placeOf = (name: string) => {
    const place = places.get(name) ?? openPlace(name === BROKER ? 'broker' : 'host');
    places.set(name, place);
    return place;
  };
  const connecting = new Map<string, Limit>();
  const sample = (name: string, startedAt: number) => {
    placeOf(name).sample(startedAt);
    setSlowness(Math.max(...[...places.values()].map((place) => place.slowness())));
  };
  return {
    async admit({ host = thisMachine, waits = false }, work) {
      const needed = [...(host === thisMachine ? [] : [placeOf(host)]), placeOf(BROKER)];
      const releases: (() => void)[] = [];
      for (const place of needed) releases.push(await place.enter());
      const release = () => {
        for (const leave of releases.splice(0)) leave();
      };
      const timer = waits ? setTimeout(release, STARTING_MS) : undefined;
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        release();
      }
    },
    async connect(host, work) {
      const limit = connecting.get(host) ?? atMost(CONNECTING);
      connecting.set(host, limit);
      return await limit(async () => {
        const begun = performance.now();
        const result = await work();
        sample(host, begun);
        return result;
      });
    },
    sample,
    isQuiet: (name, ms) => places.get(name)?.isQuiet(ms) ?? false,
    report: () => [...places].flatMap(([name, place]) => place.report(name)),
  };
}

type Place = {
  /** Resolves when there is room; the result leaves again. */
  enter(): Promise<() => void>;
  sample(startedAt: number): void;
  slowness(): number;
  isQuiet(ms: number): boolean;
  report(place: string): SlowPlace[];
};

function openPlace(kind: keyof typeof REFERENCE_MS): Place {
  let window: number = FIRST_WINDOW[kind];
  let smallest = Number.POSITIVE_INFINITY;
  let inside = 0;
  let slowestMs = 0;
  const recent: number[] = [];
  let sampledAt = Number.POSITIVE_INFINITY;
  /** Three of four recent answers came sooner: one outlier makes no place slow. */
  const typicalMs = () => [...recent].sort((one, other) => one - other)[Math.floor(recent.length * 0.75)] ?? 0;
  let shrunkAt = Number.NEGATIVE_INFINITY;
  const waiting: (() => void)[] = [];
  const fill = () => {
    while (inside < window && waiting.length > 0) {
      inside += 1;
      waiting.shift()?.();
    }
  };
  const leave = () => {
    inside -= 1;
    fill();
  };
  return {
    async enter() {
      if (inside < window && waiting.length === 0) inside += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
    sample(startedAt) {
      const ms = performance.now() - startedAt;
      recent.push(ms);
      sampledAt = performance.now();
      if (recent.length > RECENT) recent.shift();
      slowestMs = Math.max(slowestMs, typicalMs());
      if (ms < SLOW_MS / 2) window += 1;
      // answers to what began before the window shrank say nothing of the new window
      if (ms < SLOW_MS || startedAt < shrunkAt) return fill();
      shrunkAt = performance.now();
      window = Math.max(SMALLEST, Math.floor(Math.min(window, inside || window) / 2));
      smallest = Math.min(smallest, window);
    },
    isQuiet: (ms) => performance.now() - sampledAt > ms,
    slowness: () => typicalMs() / REFERENCE_MS[kind],
    report: (place) =>
      slowestMs < SLOW_FROM * REFERENCE_MS[kind] || smallest === Number.POSITIVE_INFINITY
        ? []
        : [{ place, typicalMs: Math.round(slowestMs), atATime: smallest }],
  };
}

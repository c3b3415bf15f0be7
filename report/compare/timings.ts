import { type Timing, timingOf } from '../../records/timing.ts';
import type { KeptRun } from './run.ts';

/** When something happened in the checks of one kind, in milliseconds: the least and the most of a run, without what its measuring was late by. */
export type Span = { readonly fromMs: number; readonly toMs: number; readonly checks: number };

/** `what` is the kind: `keepalive.expiry.5s`, `will.fin`. */
export type TimingChange = { readonly what: string; readonly before: Span; readonly after: Span };

export type Timings = {
  /** How many kinds both runs have. */
  readonly compared: number;
  readonly changes: readonly TimingChange[];
};

/** Mosquitto before 2.0.21 looks for silent clients every 6 s and counts in whole seconds; later ones are exact to about a second (measured). */
const GRAIN_MS = { before: 6_000, from: 1_000 } as const;
const EXACT_FROM = [2, 0, 21] as const;
/** What a broker does at once, however it counts seconds. */
const AT_ONCE = /^will\.(?!silent|delay)/;

/**
 * When wills arrived and silent connections were closed, where one run's times all lie before the other's, by more than the broker's own grain. A time
 * may be late by what its record says is uncertain, so each counts as the span that it may lie in.
 */
export function timingChanges(before: KeptRun, after: KeptRun): Timings {
  const one = spans(before);
  const other = spans(after);
  const pairs = [...one].flatMap(([what, was]) => {
    const is = other.get(what);
    return is === undefined ? [] : [{ what, before: was, after: is }];
  });
  const grainMs = Math.max(grainOf(before), grainOf(after));
  const changes = pairs.filter(({ what, before: was, after: is }) => {
    const apartMs = Math.max(is.fromMs - was.toMs, was.fromMs - is.toMs);
    return apartMs > (AT_ONCE.test(what) ? 0 : grainMs);
  });
  return { compared: pairs.length, changes };
}

/** All checks of a run may have met the same moment of the broker's, so that they are one draw. */
function grainOf({ environment }: KeptRun): number {
  const version =
    /^mosquitto (\d+)\.(\d+)\.(\d+)/
      .exec(environment.broker?.version ?? '')
      ?.slice(1)
      .map(Number) ?? [];
  const [differs] = EXACT_FROM.map((wanted, index) => (version[index] ?? -1) - wanted).filter((off) => off !== 0);
  return (differs ?? 0) >= 0 ? GRAIN_MS.from : GRAIN_MS.before;
}

function spans({ records }: KeptRun): Map<string, Span> {
  const byKind = new Map<string, Timing[]>();
  for (const record of records.values()) {
    const timing = timingOf(record);
    if (timing !== undefined) byKind.set(timing.kind, [...(byKind.get(timing.kind) ?? []), timing]);
  }
  return new Map([...byKind].map(([kind, timings]) => [kind, spanOf(timings)]));
}

function spanOf(timings: readonly Timing[]): Span {
  return {
    fromMs: Math.min(...timings.map(({ afterMs, uncertainMs }) => Math.max(0, afterMs - uncertainMs))),
    toMs: Math.max(...timings.map(({ afterMs }) => afterMs)),
    checks: timings.length,
  };
}

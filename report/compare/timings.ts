import { measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { ComparedRun } from './find-run.ts';

/** Times of one kind of checks in a run, in milliseconds: the earliest, minus its uncertainty, and the latest. */
export type Span = { readonly fromMs: number; readonly toMs: number; readonly checks: number };

/** `what` names the kind: `keepalive.expiry.5s`, `will.fin`. */
export type TimingChange = { readonly what: string; readonly before: Span; readonly after: Span };

export type Timings = {
  /** How many kinds both runs have. */
  readonly compared: number;
  readonly changes: readonly TimingChange[];
};

/** Mosquitto before 2.0.21 looks for silent clients every 6 s and counts in whole seconds; later ones are exact to about a second (measured). */
const STEP_MS = { before: 6_000, from: 1_000 } as const;
const EXACT_FROM = [2, 0, 21] as const;

/**
 * Last wills and expiries whose times in one run all lie before those in the other, by more than the broker's own step.
 * A time may be late by its uncertainty, so it counts as a span.
 */
export function timingChanges(before: ComparedRun, after: ComparedRun): Timings {
  const others = spansOf(after);
  const pairs = [...spansOf(before)].flatMap(([what, was]) => {
    const is = others.get(what);
    return is === undefined ? [] : [{ what, before: was.span, after: is.span, isAtOnce: was.isAtOnce }];
  });
  const stepMs = Math.max(stepOf(before), stepOf(after));
  const changes = pairs.flatMap(({ isAtOnce, ...change }) => {
    const { before: was, after: is } = change;
    const apartMs = Math.max(is.fromMs - was.toMs, was.fromMs - is.toMs);
    return apartMs > (isAtOnce ? 0 : stepMs) ? [change] : [];
  });
  return { compared: pairs.length, changes };
}

/** All checks of a run may have met the broker at the same moment of its interval, so they count as one sample. */
function stepOf({ environment }: ComparedRun): number {
  const version = /^mosquitto (\d+)\.(\d+)\.(\d+)/.exec(environment.broker.version)?.slice(1).map(Number) ?? [];
  const [differs] = EXACT_FROM.map((wanted, index) => (version[index] ?? -1) - wanted).filter((off) => off !== 0);
  return (differs ?? 0) >= 0 ? STEP_MS.from : STEP_MS.before;
}

/** When the event that a check waited for happened. */
type Timing = {
  /** `will.fin`, `keepalive.expiry.5s`: one for both versions, all hosts, roles and topics. */
  readonly name: string;
  /** Whether the broker acts without waiting for anything. */
  readonly isAtOnce: boolean;
  /** Milliseconds from the last packet, or from the end of the connection. */
  readonly afterMs: number;
  /** How late the measurement itself may be. */
  readonly uncertainMs: number;
};

function timingsOf(records: readonly CheckRecord[]): Timing[] {
  const wills = measured(records, 'last will').flatMap(({ subject: { cause }, observed }) => {
    const { afterMs, uncertainMs = 0 } = observed;
    const isAtOnce = cause !== 'silent' && !cause.startsWith('delay');
    return afterMs === undefined ? [] : [{ name: `will.${cause}`, isAtOnce, afterMs, uncertainMs }];
  });
  const expiries = [...measured(records, 'expiry'), ...measured(records, 'receive-only')].flatMap(
    ({ subject: { kind, keepAlive }, observed: { closedAfterMs, uncertainMs = 0 } }) =>
      closedAfterMs === undefined
        ? []
        : [{ name: `keepalive.${kind}.${keepAlive}s`, isAtOnce: false, afterMs: closedAfterMs, uncertainMs }],
  );
  return [...wills, ...expiries];
}

function spansOf({ records }: ComparedRun): Map<string, { readonly span: Span; readonly isAtOnce: boolean }> {
  const byName = new Map<string, [Timing, ...Timing[]]>();
  for (const timing of timingsOf([...records.values()])) {
    const known = byName.get(timing.name);
    byName.set(timing.name, known === undefined ? [timing] : [...known, timing]);
  }
  return new Map(
    [...byName].map(([name, timings]) => [name, { span: spanOf(timings), isAtOnce: timings[0].isAtOnce }]),
  );
}

function spanOf(timings: readonly Timing[]): Span {
  return {
    fromMs: Math.min(...timings.map(({ afterMs, uncertainMs }) => Math.max(0, afterMs - uncertainMs))),
    toMs: Math.max(...timings.map(({ afterMs }) => afterMs)),
    checks: timings.length,
  };
}

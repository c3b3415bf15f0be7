import { z } from 'zod';
import { clockSchema } from '../../records/measured/clock.ts';
import { holm } from '../statistics/holm.ts';
import { type QuantileDifference, quantileDifference, valuesNeeded } from '../statistics/quantile-test.ts';
import { superiority } from '../statistics/superiority.ts';
import type { KeptRecord, KeptRun } from './run.ts';

/** Of a series of latencies these are compared: the median and the tail. */
const QUANTILES = [
  { name: 'p50', share: 0.5 },
  { name: 'p99', share: 0.99 },
] as const;

/** The chance of any false alarm in a comparison, if a run's machine were always in the same mood. */
export const FALSE_ALARMS = 0.05;

/** Smaller differences are told and called small: at least so much of the first run's value, and so many microseconds. */
export const RELEVANT = { percent: 10, us: 50 } as const;

/** `none shown` says that the test can't tell the two apart, not that they are equal. */
export type QuantileVerdict = 'slower' | 'faster' | 'none shown';

export type QuantileChange = {
  readonly name: (typeof QUANTILES)[number]['name'];
  readonly verdict: QuantileVerdict;
  /** Whether the difference that was shown reaches `RELEVANT`. */
  readonly isRelevant: boolean;
  readonly beforeUs: number;
  readonly afterUs: number;
  /** Where the difference lies, in microseconds, with 95 % for all quantiles of a comparison together; null: not bounded. */
  readonly fromUs: number | null;
  readonly toUs: number | null;
  /** After Holm's adjustment over all quantiles of a comparison. */
  readonly p: number;
  /** Whether the latency rose or fell in the course of a run, so that the interval is too narrow. */
  readonly drifts: boolean;
};

/** A `qos.latency` check that is in both runs. */
export type LatencyChange =
  | {
      readonly kind: 'tested';
      readonly id: string;
      readonly messages: readonly [before: number, after: number];
      readonly quantiles: readonly QuantileChange[];
      /** Of all pairs of a message from each run, the share in which the second run's took longer: 0.5 where neither is slower. */
      readonly superiority: number;
      /** How late this machine's timers were meanwhile, in microseconds (p99). */
      readonly timersLateUs: readonly [before: number | null, after: number | null];
    }
  | { readonly kind: 'not tested'; readonly id: string; readonly reason: string };

const seriesSchema = z.object({
  latenciesUs: z.array(z.number()),
  payloadBytes: z.number().optional().catch(undefined),
  perSecond: z.number().optional().catch(undefined),
  messagesAPing: z.number().optional().catch(undefined),
  clock: clockSchema.optional().catch(undefined),
  eventLoopP99Us: z.number().nullable().catch(null),
});
type Series = z.infer<typeof seriesSchema>;

/** Each series of latencies in one run against the same in the other. */
export function latencyChanges(before: KeptRun, after: KeptRun): LatencyChange[] {
  const pairs = [...before.records.values()].flatMap((record) => {
    const other = after.records.get(record.id);
    return record.id.startsWith('qos.latency.') && other !== undefined ? [pairOf(record, other)] : [];
  });
  const alike = pairs.flatMap((pair) => (typeof pair.series === 'string' ? [] : [pair.series]));
  const tests = alike.flatMap(([one, other]) => quantilesOf(one, other).map(({ share }) => ({ one, other, share })));
  const confidence = 1 - FALSE_ALARMS / Math.max(1, tests.length);
  const differences = tests.map(({ one, other, share }) =>
    quantileDifference(one.latenciesUs, other.latenciesUs, share, confidence),
  );
  const ps = holm(differences.map(({ p }) => p));
  const judged = differences.map((difference, index) => ({ difference, p: ps[index] ?? 1 }));
  return pairs.map(({ id, series }) => {
    if (typeof series === 'string') return { kind: 'not tested', id, reason: series };
    const [one, other] = series;
    const own = quantilesOf(one, other);
    const quantiles = judged
      .splice(0, own.length)
      .map(({ difference, p }, index) =>
        changeOf(own[index]?.name ?? 'p50', difference, p, clockUs(one) + clockUs(other)),
      );
    return {
      kind: 'tested',
      id,
      messages: [one.latenciesUs.length, other.latenciesUs.length],
      quantiles,
      superiority: superiority(ascending(one), ascending(other)),
      timersLateUs: [one.eventLoopP99Us, other.eventLoopP99Us],
    };
  });
}

type Pair = { readonly id: string; readonly series: readonly [Series, Series] | string };

function pairOf(before: KeptRecord, after: KeptRecord): Pair {
  const { id } = before;
  const { data: one } = seriesSchema.safeParse(before.observed);
  const { data: other } = seriesSchema.safeParse(after.observed);
  if (one === undefined || other === undefined) {
    const which = one === undefined ? (other === undefined ? 'both runs' : 'the first run') : 'the second run';
    return { id, series: `no latencies in ${which}` };
  }
  const [was, is] = [kindOf(one), kindOf(other)];
  if (was !== is) return { id, series: `different messages: ${was}, then ${is}` };
  const fewer = Math.min(one.latenciesUs.length, other.latenciesUs.length);
  const needed = valuesNeeded(0.5);
  return { id, series: fewer < needed ? `${fewer} messages, and ${needed} are needed` : [one, other] };
}

/** Those that there are enough messages for. */
function quantilesOf(one: Series, other: Series): readonly (typeof QUANTILES)[number][] {
  const fewer = Math.min(one.latenciesUs.length, other.latenciesUs.length);
  return QUANTILES.filter(({ share }) => fewer >= valuesNeeded(share));
}

function changeOf(
  name: QuantileChange['name'],
  { before, after, interval: [from, to], drifts }: QuantileDifference,
  p: number,
  clock: number,
): QuantileChange {
  const difference = after - before;
  // two runs each have their own error of a clock that was compared with this machine's
  const isShown = p < FALSE_ALARMS && Math.abs(difference) > clock;
  return {
    name,
    verdict: isShown ? (difference > 0 ? 'slower' : 'faster') : 'none shown',
    isRelevant: isShown && Math.abs(difference) >= Math.max(RELEVANT.us, (before * RELEVANT.percent) / 100),
    beforeUs: before,
    afterUs: after,
    fromUs: Number.isFinite(from) ? from - clock : null,
    toUs: Number.isFinite(to) ? to + clock : null,
    p,
    drifts,
  };
}

function clockUs({ clock }: Series): number {
  return clock?.kind === 'exchanged' ? clock.uncertaintyUs : 0;
}

/** What makes latencies comparable: how much was sent, how often, and what went between. */
function kindOf({ payloadBytes, perSecond, messagesAPing }: Series): string {
  const pings = messagesAPing === undefined ? '' : `, a ping every ${messagesAPing}`;
  return `${payloadBytes ?? 'unknown'} bytes, ${perSecond ?? 'unknown'} a second${pings}`;
}

function ascending({ latenciesUs }: Series): number[] {
  return latenciesUs.toSorted((one, other) => one - other);
}

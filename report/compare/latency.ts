import { type Measured, measured } from '../../records/measurements.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { ComparedRun } from './find-run.ts';

/** A median or p99 of both runs. */
export type QuantileChange = {
  readonly name: 'median' | 'p99';
  readonly beforeUs: number;
  readonly afterUs: number;
  /** By how much it rose, negative where it fell; null where the clocks make the first value 0 or less. */
  readonly percent: number | null;
};

/** A `qos.latency` check of both runs. */
export type LatencyChange = {
  readonly id: CheckRecord['id'];
  /** `QoS 1, TCP_NODELAY, to pi`. */
  readonly name: string;
} & (
  | {
      readonly kind: 'compared';
      readonly quantiles: readonly QuantileChange[];
      /** How far both runs' clocks may be off together, in microseconds. */
      readonly clocksUs: number;
    }
  | { readonly kind: 'not compared'; readonly reason: string }
);

/** A median or p99 that rose by more than allowed. */
export type Excess = { readonly id: string; readonly name: QuantileChange['name']; readonly percent: number };

/** Each series of latencies of both runs, side by side. */
export function latencyChanges(before: ComparedRun, after: ComparedRun): LatencyChange[] {
  const others = new Map(measured(after.records.values(), 'latency').map((one) => [one.record.id, one]));
  return measured(before.records.values(), 'latency').flatMap((one) => {
    const other = others.get(one.record.id);
    return other === undefined ? [] : [changeOf(one, other)];
  });
}

/** What rose by more than `maxSlower` percent; a rise that the clocks' uncertainty may explain does not count. */
export function excessesOf(change: LatencyChange, maxSlower: number): Excess[] {
  if (change.kind === 'not compared') return [];
  const { id, quantiles, clocksUs } = change;
  return quantiles.flatMap(({ name, beforeUs, afterUs, percent }) =>
    percent !== null && percent > maxSlower && afterUs - beforeUs > clocksUs ? [{ id, name, percent }] : [],
  );
}

type Series = Measured<'latency'>;

function changeOf(before: Series, after: Series): LatencyChange {
  const [one, other] = [before.observed, after.observed];
  const named = { id: before.record.id, name: nameOf(before) };
  const [was, is] = [messagesText(before), messagesText(after)];
  if (was !== is) return { ...named, kind: 'not compared', reason: `different messages: ${was}, then ${is}` };
  return {
    ...named,
    kind: 'compared',
    quantiles: [quantileOf('median', one.p50Us, other.p50Us), quantileOf('p99', one.p99Us, other.p99Us)],
    clocksUs: clockUs(before) + clockUs(after),
  };
}

function quantileOf(name: QuantileChange['name'], beforeUs: number, afterUs: number): QuantileChange {
  return { name, beforeUs, afterUs, percent: beforeUs > 0 ? (afterUs / beforeUs - 1) * 100 : null };
}

function nameOf({ observed: { qos, noDelay }, record: { host = 'a Pi' } }: Series): string {
  return `QoS ${qos}, ${noDelay ? 'TCP_NODELAY' : 'Nagle'}, to ${host}`;
}

function clockUs({ observed: { clock } }: Series): number {
  return clock.kind === 'exchanged' ? clock.uncertaintyUs : 0;
}

/** What makes latencies comparable. */
function messagesText({ observed: { payloadBytes, perSecond, messagesAPing } }: Series): string {
  const pings = messagesAPing === undefined ? '' : `, a ping every ${messagesAPing}`;
  return `${payloadBytes} bytes, ${perSecond} a second${pings}`;
}

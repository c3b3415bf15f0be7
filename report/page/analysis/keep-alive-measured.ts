import { type Measured, measured } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import type { Measurements } from '../../keep-alive-value/model.js';
import { type Limit, limitOf } from './keep-alive-allowed.ts';

/** The model's measurements, and their records. */
export type ModelInput = {
  readonly measured: Measurements;
  readonly ping: CheckRecord['id'];
  readonly expiryIds: readonly CheckRecord['id'][];
  readonly limit: Limit;
};

/** The run's measurements for the model; undefined where the cost of a ping is not known. */
export function modelInput(results: Pick<Results, 'checks' | 'environment'>): ModelInput | undefined {
  const { checks, environment } = results;
  // prefers the kernel's counters, then the most pings
  const [ping] = measured(checks, 'traffic')
    .filter(({ observed: { perPing } }) => perPing !== undefined)
    .sort((one, other) => rank(other) - rank(one));
  const perPing = ping?.observed.perPing;
  if (ping === undefined || perPing === undefined) return undefined;
  const expiries = measured(checks, 'expiry').flatMap(({ record, subject: { keepAlive }, observed }) => {
    const afterMs = observed.willAfterMs ?? observed.closedAfterMs;
    return record.verdict === 'pass' && afterMs !== undefined ? [{ id: record.id, keepAlive, afterMs }] : [];
  });
  const limit = limitOf(results);
  const rounds = roundsOf(environment?.broker.version ?? 'unknown');
  return {
    measured: {
      expiries: expiries.map(({ keepAlive, afterMs }) => ({ keepAlive, afterMs })),
      pingBytes: perPing.ipBytes ?? perPing.mqttBytes,
      bytesOf: perPing.ipBytes === undefined ? 'MQTT' : 'IP',
      maxKeepAlive: limit.seconds,
      ...(rounds === undefined ? {} : { rounds }),
    },
    ping: ping.record.id,
    expiryIds: expiries.map(({ id }) => id),
    limit,
  };
}

function rank({ observed: { perPing, pings } }: Measured<'traffic'>): number {
  return (perPing?.ipBytes === undefined ? 0 : 1e6) + pings;
}

/** Mosquitto 2.0.0 to 2.0.20 looks for silent clients every 6 s and counts in whole seconds: it may be 7 s late. Undefined for all others. */
function roundsOf(version: string): Measurements['rounds'] {
  const patch = /^mosquitto 2\.0\.(\d+)/.exec(version)?.[1];
  return patch !== undefined && Number(patch) < 21 ? { everyS: 6, lateS: 7 } : undefined;
}

import { z } from 'zod';
import { type Traffic, trafficSchema } from '../../../records/measured/traffic.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import type { Measurements } from '../../keep-alive-value/model.js';
import { type Measured, recordsOf } from '../measured.ts';
import { type Limit, limitOf } from './keep-alive-allowed.ts';

/** Of `keepalive.expiry.<K>s.…`: in milliseconds from the client's last packet. */
const expirySchema = z.object({ closedAfterMs: z.number(), willAfterMs: z.number().optional() });

/** What the model computes from, and the records that it is from. */
export type ModelInput = {
  readonly measured: Measurements;
  readonly ping: Measured<Traffic>;
  readonly expiryIds: readonly CheckRecord['id'][];
  readonly limit: Limit;
};

/** What the run has measured of what the model needs; undefined where the cost of a ping is not known. */
export function modelInput(results: Pick<Results, 'checks' | 'environment'>): ModelInput | undefined {
  const idle = recordsOf(results, 'keepalive.traffic', trafficSchema).filter(
    ({ observed: { perPing } }) => perPing !== undefined,
  );
  // of the kernel's counters that with the most pings
  const [ping] = idle.sort(({ observed: one }, { observed: other }) => ranked(other) - ranked(one));
  const perPing = ping?.observed.perPing;
  if (ping === undefined || perPing === undefined) return undefined;
  const expiries = recordsOf(results, 'keepalive.expiry', expirySchema).filter(
    ({ record }) => record.verdict === 'pass',
  );
  const limit = limitOf(results);
  const rounds = roundsOf(results.environment?.broker.version ?? 'unknown');
  return {
    measured: {
      expiries: expiries.map(({ record, observed }) => ({
        keepAlive: Number(/\.(\d+)s\./.exec(record.id)?.[1]),
        afterMs: observed.willAfterMs ?? observed.closedAfterMs,
      })),
      pingBytes: perPing.ipBytes ?? perPing.mqttBytes,
      bytesOf: perPing.ipBytes === undefined ? 'MQTT' : 'IP',
      maxKeepAlive: limit.seconds,
      ...(rounds === undefined ? {} : { rounds }),
    },
    ping,
    expiryIds: expiries.map(({ record }) => record.id),
    limit,
  };
}

function ranked({ perPing, pings }: Traffic): number {
  return (perPing?.ipBytes === undefined ? 0 : 1e6) + pings;
}

/** Mosquitto 2.0.0 to 2.0.20 looks for silent clients every 6 s, and counts in whole seconds: it may be 7 s late. Undefined for all others. */
function roundsOf(version: string): Measurements['rounds'] {
  const patch = /^mosquitto 2\.0\.(\d+)/.exec(version)?.[1];
  return patch !== undefined && Number(patch) < 21 ? { everyS: 6, lateS: 7 } : undefined;
}

import { z } from 'zod';
import type { Results } from '../../json.ts';
import type { Measurements } from '../../keep-alive-value/model.js';
import { type Traffic, trafficSchema } from '../../measured/traffic.ts';
import type { CheckRecord } from '../../record.ts';
import { type Measured, recordsOf } from '../measured.ts';

/** Of `keepalive.expiry.<K>s.…`: in milliseconds from the client's last packet. */
const expirySchema = z.object({ closedAfterMs: z.number(), willAfterMs: z.number().optional() });
/** Of `keepalive.limit.v5`. */
const limitSchema = z.object({ told: z.number() });

/** What the lab file has where it says nothing, in seconds. */
const USUAL_LIMIT_S = 1200;

/** What the model computes from, and the records that it is from. */
export type ModelInput = {
  readonly measured: Measurements;
  readonly ping: Measured<Traffic>;
  readonly expiryIds: readonly CheckRecord['id'][];
};

/** What the run has measured of what the model needs; undefined where the cost of a ping is not known. */
export function modelInput(results: Pick<Results, 'checks'>): ModelInput | undefined {
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
  const [limit] = recordsOf(results, 'keepalive.limit', limitSchema);
  return {
    measured: {
      expiries: expiries.map(({ record, observed }) => ({
        keepAlive: Number(/\.(\d+)s\./.exec(record.id)?.[1]),
        afterMs: observed.willAfterMs ?? observed.closedAfterMs,
      })),
      pingBytes: perPing.ipBytes ?? perPing.mqttBytes,
      bytesOf: perPing.ipBytes === undefined ? 'MQTT' : 'IP',
      maxKeepAlive: limit?.observed.told ?? USUAL_LIMIT_S,
    },
    ping,
    expiryIds: expiries.map(({ record }) => record.id),
  };
}

function ranked({ perPing, pings }: Traffic): number {
  return (perPing?.ipBytes === undefined ? 0 : 1e6) + pings;
}

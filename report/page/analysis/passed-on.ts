import { packetSchema } from '../../../records/measured/sequence.ts';
import { evidenceOf, measured } from '../../../records/measurements.ts';
import type { Results } from '../../../records/results.ts';
import { afterReleaseMs, hopsOf, uncertaintyMs } from './sequence.ts';

/** When a broker passes a message of QoS 2 on; the standard permits both (4.3.3). */
export type PassedOn = 'before PUBREL' | 'after PUBREL';

/** When the broker did so in this run; undefined where the packets or the clocks do not show it, or the checks differ. */
export function passedOnIn({ checks }: Pick<Results, 'checks'>): PassedOn | undefined {
  const seen = measured(checks, 'sequence')
    .filter(({ observed }) => observed.qos === 2)
    .map(({ record, observed: { clock } }) => {
      const afterMs = afterReleaseMs(hopsOf(evidenceOf(record, packetSchema)));
      if (afterMs === undefined || Math.abs(afterMs) <= uncertaintyMs(clock)) return undefined;
      return afterMs > 0 ? 'after PUBREL' : 'before PUBREL';
    });
  const [first] = seen;
  return seen.every((one) => one === first) ? first : undefined;
}

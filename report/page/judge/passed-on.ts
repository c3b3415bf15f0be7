import { packetSchema, sequenceSchema } from '../../../records/measured/sequence.ts';
import type { Results } from '../../../records/results.ts';
import { evidenceOf, recordsOf } from '../measured.ts';
import { hopsOf } from './sequence.ts';

/** When a broker passes a message of QoS 2 on; the standard leaves it both ways (4.3.3). */
export type PassedOn = 'before PUBREL' | 'after PUBREL';

/** When it did so in this run, by the packets of both ends; nothing where none were seen, the clocks can't tell, or it was now so, now so. */
export function passedOnIn(results: Pick<Results, 'checks'>): PassedOn | undefined {
  const seen = recordsOf(results, 'qos.sequence.q2', sequenceSchema).map(({ record, observed: { clock } }) => {
    const { publisher, subscriber } = hopsOf(evidenceOf(record, packetSchema));
    const released = publisher.find(({ type }) => type === 'PUBREL');
    const arrived = subscriber.find(({ type }) => type === 'PUBLISH');
    if (released === undefined || arrived === undefined) return undefined;
    const afterMs = arrived.at - released.at;
    const uncertainMs = clock.kind === 'same' ? 0 : clock.uncertaintyUs / 1000;
    if (Math.abs(afterMs) <= uncertainMs) return undefined;
    return afterMs > 0 ? 'after PUBREL' : 'before PUBREL';
  });
  const [first] = seen;
  return seen.every((one) => one === first) ? first : undefined;
}

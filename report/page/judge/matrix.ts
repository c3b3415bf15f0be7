import { z } from 'zod';
import type { Results } from '../../json.ts';
import type { CheckRecord } from '../../record.ts';
import { counted, listed } from '../format.ts';
import { checksOf } from '../measured.ts';
import type { Sentence } from './sentence.ts';

/** `observed` of `qos.matrix.p<QoS>s<QoS>.<version>`. */
const schema = z.looseObject({
  granted: z.number(),
  delivered: z.number().optional(),
  copies: z.number(),
  /** `→ PUBLISH 281`, as the publisher's and the subscriber's client saw them. */
  publisher: z.array(z.string()),
  subscriber: z.array(z.string()),
  explanation: z.string().optional(),
});

/** A cell of the table of publisher's and subscriber's QoS. */
export type MatrixCell = {
  readonly published: number;
  readonly requested: number;
  readonly version: '3.1.1' | '5';
  readonly record: CheckRecord;
  /** What was seen; absent where nothing could be. */
  readonly seen: z.infer<typeof schema> | undefined;
};

export function matrixCells(results: Pick<Results, 'checks'>): MatrixCell[] {
  return checksOf(results, 'qos.matrix').flatMap((record) => {
    const [, published, requested, version] = /^qos\.matrix\.p(\d)s(\d)\.(v311|v5)$/.exec(record.id) ?? [];
    if (version === undefined) return [];
    return [
      {
        published: Number(published),
        requested: Number(requested),
        version: version === 'v5' ? '5' : '3.1.1',
        record,
        seen: schema.safeParse(record.observed).data,
      } as const,
    ];
  });
}

/** Whether every message came once, at the lower of the published and the granted QoS. */
export function minimumSentence(cells: readonly MatrixCell[]): Sentence {
  const seen = cells.filter((cell) => cell.seen !== undefined);
  if (seen.length === 0) return { says: 'open', text: 'No cell of the table was seen in this run.' };
  const other = seen.filter(
    ({ published, seen }) => seen?.copies !== 1 || seen.delivered !== Math.min(published, seen.granted),
  );
  if (other.length > 0) {
    const told = other.map(({ published, requested, version, seen }) => {
      const came =
        seen?.delivered === undefined
          ? 'did not come'
          : `came ${counted(seen.copies, 'time')} at QoS ${seen.delivered}`;
      return `QoS ${published} to a subscription of QoS ${requested} over MQTT ${version} ${came}`;
    });
    return {
      says: 'not so',
      text: `${listed(told)}; it is to come once, at the lower of the published and the granted QoS [MQTT-3.8.4-6].`,
    };
  }
  const of = cells.length === seen.length ? `all ${seen.length}` : `${seen.length} of ${cells.length}`;
  return {
    says: 'so',
    text: `In ${of} combinations the message came once, at the lower of the publisher’s QoS and the one that the subscription was granted.`,
  };
}

/** Whether the publisher's own hop kept its QoS where the subscriber's is lower, and what the subscriber lost by it. */
export function aboveSentence(cells: readonly MatrixCell[]): Sentence {
  const above = cells.filter(({ published, requested, seen }) => published > requested && seen !== undefined);
  if (above.length === 0)
    return { says: 'open', text: 'No message was published above its subscriber’s QoS in this run.' };
  const changed = above.filter(({ published, seen }) => seen?.publisher.length !== [1, 2, 4][published]);
  if (changed.length > 0) {
    const told = changed.map(
      ({ published, seen }) => `at QoS ${published} the publisher saw ${seen?.publisher.join(', ') || 'nothing'}`,
    );
    return { says: 'not so', text: `${listed(told)}.` };
  }
  return {
    says: 'so',
    text: 'Where the publisher’s QoS is the higher one, its own hop to the broker still took all packets of that QoS; the broker then delivered with the fewer packets of the subscriber’s. What the publisher asked for holds as far as the broker, and no further.',
  };
}

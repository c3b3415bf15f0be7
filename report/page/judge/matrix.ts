import { z } from 'zod';
import { hop } from '../../../probes/mqtt/hop.ts';
import type { QoS } from '../../../probes/mqtt/session.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
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
    const told = other.map((cell) => {
      const { seen } = cell;
      const came =
        seen?.delivered === undefined
          ? 'did not come'
          : `came ${counted(seen.copies, 'time')} at QoS ${seen.delivered}`;
      return `${nameOf(cell)} ${came}`;
    });
    return {
      says: 'not so',
      text: `${listed(told)}; it is to come once, at the lower of the published and the granted QoS ${statements(other)}.`,
    };
  }
  return {
    says: 'so',
    text: `In ${ofAll(seen, cells)} the message came once, at the lower of the publisher’s QoS and the one that the subscription was granted ${statements(seen)}.`,
  };
}

/** Whether each hop took the packets of its own QoS where the publisher's is the higher one: the publisher's those of what it asked for, the subscriber's fewer. */
export function aboveSentence(cells: readonly MatrixCell[]): Sentence {
  const above = cells.filter(({ published, requested }) => published > requested);
  const seen = above.filter((cell) => cell.seen !== undefined);
  if (seen.length === 0)
    return { says: 'open', text: 'No message was published above its subscriber’s QoS in this run.' };
  const changed = seen.flatMap((cell) => {
    const told = [...strayHops(cell), ...raised(cell)];
    return told.length === 0 ? [] : [`${nameOf(cell)}: ${told.join(', ')}`];
  });
  if (changed.length > 0) return { says: 'not so', text: `${changed.join('; ')}.` };
  return {
    says: 'so',
    text: `In ${ofAll(seen, above)} in which the publisher’s QoS is the higher one, its own hop to the broker still took all packets of that QoS; the broker then delivered with the fewer packets of the subscriber’s. What the publisher asked for holds as far as the broker, and no further.`,
  };
}

/** What was seen on the hops that did not take the packets of their QoS: the published one, and the delivered one. */
function strayHops({ published, seen }: MatrixCell): string[] {
  const qosOf = { publisher: published, subscriber: seen?.delivered };
  return (['publisher', 'subscriber'] as const).flatMap((role) => {
    const qos = qosOf[role];
    const packets = seen?.[role] ?? [];
    if (isQoS(qos) && isHopOf(role, qos, packets)) return [];
    return [`${qos === undefined ? '' : `at QoS ${qos} `}the ${role} saw ${packets.join(', ') || 'nothing'}`];
  });
}

/** A delivery above what the subscription was granted takes no fewer packets, although each hop is as its QoS has it. */
function raised({ seen }: MatrixCell): string[] {
  if (seen?.delivered === undefined || seen.delivered <= seen.granted) return [];
  return [`delivered at QoS ${seen.delivered}, granted was ${seen.granted}`];
}

/** Whether these are the packets of a delivery at this QoS, whatever their bytes (MQTT 3.1.1 and 5, 4.3). */
function isHopOf(role: 'publisher' | 'subscriber', qos: QoS, packets: readonly string[]): boolean {
  const wanted = hop(role, qos, '', 0).map(({ direction, type }) => `${direction === 'sent' ? '→' : '←'} ${type}`);
  return packets.length === wanted.length && wanted.every((step, index) => packets[index]?.startsWith(`${step} `));
}

function isQoS(level: number | undefined): level is QoS {
  return level === 0 || level === 1 || level === 2;
}

function nameOf({ published, requested, version }: MatrixCell): string {
  return `QoS ${published} to a subscription of QoS ${requested} over MQTT ${version}`;
}

/** `all 9 combinations`, or how many of them there were. */
function ofAll(seen: readonly MatrixCell[], all: readonly MatrixCell[]): string {
  return all.length === seen.length
    ? `all ${counted(all.length, 'combination')}`
    : `${seen.length} of ${counted(all.length, 'combination')} (the rest was not seen)`;
}

const STATEMENTS = { '3.1.1': 'MQTT-3.8.4-6', '5': 'MQTT-3.8.4-8' } as const;

/** What demands it, by the versions of these cells. */
function statements(cells: readonly MatrixCell[]): string {
  const versions = (['3.1.1', '5'] as const).filter((version) => cells.some((cell) => cell.version === version));
  if (versions.length === 1) return versions.map((version) => `[${STATEMENTS[version]}]`).join('');
  return versions.map((version) => `[${STATEMENTS[version]} of MQTT ${version}]`).join(' ');
}

import { hop } from '../../../probes/mqtt/hop.ts';
import type { QosPair } from '../../../records/measured/qos-pair.ts';
import { measured, recordsAbout } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import type { SubjectOf } from '../../../records/subject.ts';
import { counted, listed } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';

/** A cell of the table of publisher's and subscriber's QoS. */
export type MatrixCell = Omit<SubjectOf<'qos pair'>, 'kind'> & {
  readonly record: CheckRecord;
  /** Absent where nothing was measured. */
  readonly seen: QosPair | undefined;
};

type SeenCell = MatrixCell & { readonly seen: QosPair };

export function matrixCells({ checks }: Pick<Results, 'checks'>): MatrixCell[] {
  const seen = new Map(measured(checks, 'qos pair').map(({ record, observed }) => [record.id, observed]));
  return recordsAbout(checks, 'qos pair').map(({ record, subject: { published, requested, version } }) => {
    return { published, requested, version, record, seen: seen.get(record.id) };
  });
}

/** Whether every message arrived once, at the lower of the published and the granted QoS. */
export function minimumConclusion(cells: readonly MatrixCell[]): Conclusion {
  const seen = cells.flatMap(withSeen);
  if (seen.length === 0) return inconclusive('This run measured no combination.');
  const wrong = seen.filter(
    ({ published, seen: { copies, delivered, granted } }) => copies !== 1 || delivered !== Math.min(published, granted),
  );
  if (wrong.length > 0) {
    const each = wrong.map((cell) => {
      const { copies, delivered } = cell.seen;
      const arrived =
        delivered === undefined ? 'did not arrive' : `arrived ${counted(copies, 'time')} at QoS ${delivered}`;
      return `${nameOf(cell)} ${arrived}`;
    });
    return contradicted(
      `${listed(each)}; it has to arrive once, at the lower of the published and the granted QoS ${statements(wrong)}.`,
    );
  }
  return confirmed(
    `In ${ofAll(seen, cells)} the message arrived once, at the lower of the publisher’s QoS and the QoS that the broker granted the subscription ${statements(seen)}.`,
  );
}

/** Whether each hop took the packets of its own QoS where the publisher's QoS is the higher one. */
export function aboveConclusion(cells: readonly MatrixCell[]): Conclusion {
  const above = cells.filter(({ published, requested }) => published > requested);
  const seen = above.flatMap(withSeen);
  if (seen.length === 0) return inconclusive('This run published no message above its subscriber’s QoS.');
  const wrong = seen.flatMap((cell) => {
    const faults = [...strayHops(cell), ...raised(cell)];
    return faults.length === 0 ? [] : [`${nameOf(cell)}: ${faults.join(', ')}`];
  });
  if (wrong.length > 0) return contradicted(`${wrong.join('; ')}.`);
  return confirmed(
    `In ${ofAll(seen, above)} with the higher QoS at the publisher, the publisher’s hop took all packets of that QoS. The broker then delivered with the fewer packets of the subscriber’s QoS. The publisher’s QoS holds as far as the broker, and no further.`,
  );
}

function withSeen(cell: MatrixCell): SeenCell[] {
  return cell.seen === undefined ? [] : [{ ...cell, seen: cell.seen }];
}

/** The hops that did not take the packets of their QoS: the published one, and the delivered one. */
function strayHops({ published, seen }: SeenCell): string[] {
  const qosOf = { publisher: published, subscriber: seen.delivered };
  return (['publisher', 'subscriber'] as const).flatMap((role) => {
    const qos = qosOf[role];
    const packets = seen[role];
    if (qos !== undefined && isHopOf(role, qos, packets)) return [];
    return [`${qos === undefined ? '' : `at QoS ${qos} `}the ${role} saw ${packets.join(', ') || 'nothing'}`];
  });
}

/** A delivery above the granted QoS, although each hop took the packets of its QoS. */
function raised({ seen: { delivered, granted } }: SeenCell): string[] {
  if (delivered === undefined || delivered <= granted) return [];
  return [`delivered at QoS ${delivered}, granted was ${granted}`];
}

/** Whether these are the packets of a delivery at this QoS, whatever their bytes (MQTT 3.1.1 and 5, 4.3). */
function isHopOf(role: 'publisher' | 'subscriber', qos: 0 | 1 | 2, packets: readonly string[]): boolean {
  const wanted = hop(role, { qos, topic: '', payloadBytes: 0 }).map(
    ({ direction, type }) => `${direction === 'sent' ? '→' : '←'} ${type}`,
  );
  return packets.length === wanted.length && wanted.every((step, index) => packets[index]?.startsWith(`${step} `));
}

function nameOf({ published, requested, version }: MatrixCell): string {
  return `QoS ${published} to a subscription of QoS ${requested} over MQTT ${version}`;
}

/** `all 9 combinations`, or how many of them were measured. */
function ofAll(seen: readonly MatrixCell[], all: readonly MatrixCell[]): string {
  return all.length === seen.length
    ? `all ${counted(all.length, 'combination')}`
    : `${seen.length} of ${counted(all.length, 'combination')} (the others were not measured)`;
}

const STATEMENTS = { '3.1.1': 'MQTT-3.8.4-6', '5': 'MQTT-3.8.4-8' } as const;

/** The statement that requires it, for each version of these cells. */
function statements(cells: readonly MatrixCell[]): string {
  const versions = (['3.1.1', '5'] as const).filter((version) => cells.some((cell) => cell.version === version));
  if (versions.length === 1) return versions.map((version) => `[${STATEMENTS[version]}]`).join('');
  return versions.map((version) => `[${STATEMENTS[version]} of MQTT ${version}]`).join(' ');
}

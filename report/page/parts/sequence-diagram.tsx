import type { SequencePacket } from '../../../records/measured/sequence.ts';
import type { Hops } from '../analysis/sequence.ts';

const WIDTH = 680;
const LIFELINES = { publisher: 100, broker: 340, subscriber: 580 } as const;
const TOP = 46;
const ROW = 46;

type Row = {
  readonly packet: SequencePacket;
  readonly role: 'publisher' | 'subscriber';
  /** Milliseconds from the first packet. */
  readonly atMs: number;
};

/** All packets of a message in time, each with the end that saw it. */
export function rowsOf({ publisher, subscriber }: Hops): Row[] {
  const all = [
    ...publisher.map((packet) => ({ packet, role: 'publisher' as const })),
    ...subscriber.map((packet) => ({ packet, role: 'subscriber' as const })),
  ].sort((one, other) => one.packet.at - other.packet.at);
  const first = all[0]?.packet.at ?? 0;
  return all.map(({ packet, role }) => ({ packet, role, atMs: packet.at - first }));
}

type Props = { readonly hops: Hops; readonly publisher: string; readonly subscriber: string };

/** Publisher, broker and subscriber with one arrow per packet, in order of time but not to scale. A time stands at the end that saw the packet. In words: `sequenceText`. */
export function SequenceDiagram({ hops, publisher, subscriber }: Props) {
  const rows = rowsOf(hops);
  const height = TOP + rows.length * ROW + 14;
  const names = {
    publisher: `publisher ${publisher}`,
    broker: 'broker',
    subscriber: `subscriber ${subscriber}`,
  };
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${WIDTH} ${height}`} font-size="12" font-family="system-ui, sans-serif">
      {(['publisher', 'broker', 'subscriber'] as const).map((end) => (
        <>
          <text x={LIFELINES[end]} y="18" text-anchor="middle" font-weight="600">
            {names[end]}
          </text>
          <path d={`M${LIFELINES[end]},28V${height}`} stroke="var(--line)" stroke-width="1.5" />
        </>
      ))}
      {rows.map((row, index) => (
        <Arrow row={row} y={TOP + index * ROW + 20} />
      ))}
    </svg>
  );
}

function Arrow({ row, y }: { readonly row: Row; readonly y: number }) {
  const { packet, role, atMs } = row;
  const own = LIFELINES[role];
  const isSent = packet.direction === 'sent';
  const [from, to] = isSent ? [own, LIFELINES.broker] : [LIFELINES.broker, own];
  const towards = Math.sign(to - from);
  const colour = role === 'publisher' ? 'var(--series-1)' : 'var(--series-2)';
  const middle = (from + to) / 2;
  const isLeft = role === 'publisher';
  return (
    <>
      <path d={`M${from},${y}H${to - 2 * towards}`} stroke={colour} stroke-width="2" />
      <path d={`M${to},${y}l${-9 * towards},-5v10z`} fill={colour} />
      <text x={middle} y={y - 6} text-anchor="middle">
        <tspan font-weight="600">{packet.type}</tspan>
        {packet.packetId === undefined ? '' : ` id ${packet.packetId}`}
      </text>
      <text x={middle} y={y + 15} text-anchor="middle" font-size="11">
        {detailsOf(packet)}
      </text>
      <text x={own + (isLeft ? -8 : 8)} y={y + 4} text-anchor={isLeft ? 'end' : 'start'} font-size="11">
        {`${atMs.toFixed(3)} ms`}
      </text>
    </>
  );
}

/** `QoS 1, DUP 0, RETAIN 0, 44 B`; only a PUBLISH has flags. */
export function detailsOf({ type, qos = 0, dup, retain, bytes }: SequencePacket): string {
  const flags =
    type === 'PUBLISH' ? [`QoS ${qos}`, `DUP ${dup === true ? 1 : 0}`, `RETAIN ${retain === true ? 1 : 0}`] : [];
  return [...flags, ...(bytes === undefined ? [] : [`${bytes} B`])].join(', ');
}

/** The diagram in words. */
export function sequenceText(hops: Hops): string {
  const texts = rowsOf(hops).map(({ packet, role, atMs }) => {
    const id = packet.packetId === undefined ? '' : `, packet id ${packet.packetId}`;
    const way = packet.direction === 'sent' ? `${role} to broker` : `broker to ${role}`;
    return `${atMs.toFixed(3)} ms ${way}: ${packet.type}${id}, ${detailsOf(packet)}`;
  });
  return texts.length === 0 ? 'No packet was seen.' : `${texts.join('; ')}.`;
}

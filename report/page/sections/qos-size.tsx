import { barX, type PlotOptions, text } from '@observablehq/plot';
import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import type { Size } from '../../../records/measured/size.ts';
import { type Measured, measured as measuredIn } from '../../../records/measurements.ts';
import {
  addedConclusions,
  arithmeticConclusion,
  byPayload,
  costOf,
  HOPS,
  messagesText,
  number,
  overheadConclusion,
} from '../analysis/size.ts';
import { bytesText } from '../format.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure, RawPoints } from '../parts/figure.tsx';
import { Legend } from '../parts/legend.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { drawPlot, lookOf } from '../plot.ts';

const COMMAND = `${CALLED_AS} verify --only qos.size`;
const TYPES = ['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'] as const;
const HEADERS = 'IP and TCP';
const PARTS = [...TYPES, HEADERS];

/** Bytes of a message by QoS, payload and hop: conclusions, a table, and bars stacked by packet type. */
export function QosSize({ results }: SectionProps) {
  const measured = measuredIn(results.checks, 'size');
  if (measured.length === 0) return <NotMeasured results={results} about="size" command={COMMAND} needsPi />;
  const sizes = measured.map(({ observed }) => observed);
  const overhead = overheadConclusion(sizes);
  return (
    <>
      <ConclusionText conclusion={arithmeticConclusion(sizes)} />
      {addedConclusions(sizes).map((sentence) => (
        <ConclusionText conclusion={sentence} />
      ))}
      {overhead === undefined ? null : <ConclusionText conclusion={overhead} />}
      <SizeTable measured={measured} />
      {byPayload(measured).map(({ payloadBytes, own }) => (
        <Bars payloadBytes={payloadBytes} measured={own} />
      ))}
    </>
  );
}

const right = (title: string) => ({ title, align: 'right' }) as const;

function SizeTable({ measured }: { readonly measured: readonly Measured<'size'>[] }) {
  const rows = byPayload(measured).flatMap(({ own }) => own);
  return (
    <Table
      caption={`Averages over ${messagesText(measured.map(({ observed }) => observed))}: publisher to broker + broker to subscriber`}
      columns={[
        'payload',
        right('QoS'),
        right('packets'),
        right('MQTT bytes'),
        right('by the standard'),
        right('IP bytes'),
        'measured on',
        'check',
      ]}
      rows={rows.map(({ record, observed }) => {
        const [first, second] = HOPS.map((name) => costOf(observed, name));
        const both = (pick: (cost: ReturnType<typeof costOf>) => number | undefined) =>
          [first, second].map((cost) => averageText(cost === undefined ? undefined : pick(cost))).join(' + ');
        return [
          bytesText(observed.payloadBytes),
          observed.qos,
          both(({ packets }) => packets),
          both(({ mqttBytes }) => mqttBytes),
          both(({ wantedBytes }) => wantedBytes),
          both(({ ipBytes }) => ipBytes),
          [...new Set(HOPS.map((name) => observed.hops[name].host))].join(', '),
          <CheckLink id={record.id} words="check" />,
        ];
      })}
    />
  );
}

function averageText(value: number | undefined): string {
  return value === undefined ? '?' : number(value);
}

type Bar = { readonly way: string; readonly part: string; readonly bytes: number };

function Bars({
  payloadBytes,
  measured,
}: {
  readonly payloadBytes: number;
  readonly measured: readonly Measured<'size'>[];
}) {
  const bars = measured.flatMap(({ observed, record }) =>
    barsOf(observed, measured.length > 3 ? ` (${record.host})` : ''),
  );
  const used = PARTS.filter((part) => bars.some((bar) => bar.part === part));
  const payload = bytesText(payloadBytes);
  const lines = ['hop,part,bytes', ...bars.map(({ way, part, bytes }) => `${way},${part},${bytes}`)];
  const totals = [...new Set(bars.map(({ way }) => way))].map((way) => `${way} ${number(totalOf(bars, way))} B`);
  return (
    <Figure
      id={`figure-size-${payloadBytes}`}
      caption={`Bytes that a message of ${payload} takes on each hop, by packet type${used.includes(HEADERS) ? ', and the headers and acknowledgements of TCP/IP' : ''}.`}
      alternative={`Bars of bytes per message with a payload of ${payload}: ${totals.join('; ')}.`}
      command={`${CALLED_AS} verify --only 'qos.size.*.${payloadBytes}'`}
      legend={<Legend names={PARTS} shown={used} kind="area" />}
      drawing={drawPlot(plotOf(bars))}
    >
      <RawPoints title="The bars as numbers" lines={lines} />
    </Figure>
  );
}

function barsOf({ qos, messages, hops }: Size, where: string): Bar[] {
  return HOPS.flatMap((name) => {
    const way = `QoS ${qos} ${name === 'publisher' ? 'to the broker' : 'to the subscriber'}${where}`;
    const { types, mqttBytes, ip } = hops[name];
    const parts = TYPES.flatMap((part) => {
      const bytes = types[part]?.bytes ?? 0;
      return bytes === 0 ? [] : [{ way, part, bytes: bytes / messages }];
    });
    return ip === undefined ? parts : [...parts, { way, part: HEADERS, bytes: (ip.bytes - mqttBytes) / messages }];
  });
}

function totalOf(bars: readonly Bar[], way: string): number {
  return bars.filter((bar) => bar.way === way).reduce((sum, { bytes }) => sum + bytes, 0);
}

function plotOf(bars: readonly Bar[]): PlotOptions {
  const ways = [...new Set(bars.map(({ way }) => way))];
  const totals = ways.map((way) => ({ way, total: totalOf(bars, way) }));
  return {
    height: 64 + ways.length * 26,
    marginLeft: 172,
    marginRight: 56,
    x: { label: 'bytes per message', grid: true },
    y: { label: null, domain: ways },
    color: { domain: PARTS, range: PARTS.map((_, index) => lookOf(index).stroke) },
    marks: [
      barX(bars, {
        x: 'bytes',
        y: 'way',
        fill: 'part',
        insetTop: 1,
        insetBottom: 1,
        stroke: 'var(--paper)',
        order: PARTS,
      }),
      text(totals, { x: 'total', y: 'way', text: ({ total }) => number(total), dx: 6, textAnchor: 'start' }),
    ],
  };
}

import { line, type PlotOptions } from '@observablehq/plot';
import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import type { Latency } from '../../../records/measured/latency.ts';
import { type Measured, measured as measuredIn } from '../../../records/measurements.ts';
import { clockText } from '../analysis/clock.ts';
import { type EcdfPoint, ecdf } from '../analysis/ecdf.ts';
import { acknowledgedConclusion, loopConclusion, lossConclusion, medianConclusion } from '../analysis/latency.ts';
import { nagleConclusion } from '../analysis/nagle.ts';
import { type PassedOn, passedOnIn } from '../analysis/passed-on.ts';
import { bytesText, listed, msOfUs, whole } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure, RawPoints } from '../parts/figure.tsx';
import { Legend } from '../parts/legend.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';
import { drawPlot, lookOf } from '../plot.ts';

const COMMAND = `${CALLED_AS} report --only qos.latency`;

/** Latency of messages to a Pi by QoS, with TCP_NODELAY and with Nagle's algorithm: quantiles, distributions and method. */
export function QosLatency({ results }: SectionProps) {
  const measured = measuredIn(results.checks, 'latency').sort(byLevel);
  if (measured.length === 0) return <NotMeasured results={results} about="latency" command={COMMAND} needsPi />;
  const byPi = groupsOf(measured, ({ record }) => record.host ?? '');
  const passedOn = passedOnIn(results);
  return (
    <>
      {byPi.map((own) => (
        <OnPi measured={own} passedOn={passedOn} />
      ))}
    </>
  );
}

/** By QoS, with TCP_NODELAY before without. */
function byLevel({ observed: one }: Measured<'latency'>, { observed: other }: Measured<'latency'>): number {
  return one.qos - other.qos || Number(other.noDelay) - Number(one.noDelay);
}

type OnPiProps = {
  readonly measured: readonly [Measured<'latency'>, ...Measured<'latency'>[]];
  readonly passedOn: PassedOn | undefined;
};

function OnPi({ measured, passedOn }: OnPiProps) {
  const [{ record, observed }] = measured;
  const latencies = measured.map((one) => one.observed);
  const sentences = [
    medianConclusion(latencies, passedOn),
    acknowledgedConclusion(latencies),
    nagleConclusion(latencies),
    lossConclusion(latencies),
    loopConclusion(latencies),
  ];
  const pi = record.host ?? 'a Pi';
  return (
    <>
      <h3>
        From this machine to <Text>{pi}</Text>
      </h3>
      {sentences.map((sentence) => (sentence === undefined ? null : <ConclusionText conclusion={sentence} />))}
      <p>
        A time runs from when this machine’s kernel took a PUBLISH until the Pi’s kernel received it for the subscriber,
        with the broker in between. {capitalised(clockText(observed.clock))}.{pingText(observed)}
        {brokerText(observed)}
      </p>
      <Quantiles measured={measured} />
      <Distribution measured={measured} pi={pi} />
    </>
  );
}

function pingText({ messagesAPing }: Latency): string {
  if (messagesAPing === undefined) return '';
  return ` After every ${whole(messagesAPing)} messages each publisher pings, as clients do at their keep alive. Once the broker has answered on a connection, its kernel delays the next acknowledgement, to send it along with data (RFC 1122, 4.2.3.2), and Nagle’s algorithm waits for that acknowledgement.`;
}

function brokerText({ brokerNoDelay }: Latency): string {
  if (brokerNoDelay === undefined) return '';
  return brokerNoDelay
    ? ' The broker itself sends with TCP_NODELAY (set_tcp_nodelay true), so the publisher causes the difference.'
    : ' The broker itself sends with Nagle’s algorithm (set_tcp_nodelay false).';
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const right = (title: string) => ({ title, align: 'right' }) as const;

function Quantiles({ measured }: { readonly measured: readonly Measured<'latency'>[] }) {
  const [first] = measured;
  const rate = first === undefined ? '' : `, ${whole(first.observed.perSecond)} a second`;
  const payloads = listed([...new Set(measured.map(({ observed }) => bytesText(observed.payloadBytes)))]);
  return (
    <Table
      caption={`Latency in ms; payload ${payloads}${rate}`}
      columns={[
        right('QoS'),
        'publisher’s socket',
        right('p50'),
        right('p95'),
        right('p99'),
        right('max'),
        right('messages'),
        right('lost'),
        'check',
      ]}
      rows={measured.map(({ record, observed }) => [
        observed.qos,
        socketText(observed),
        msOfUs(observed.p50Us),
        msOfUs(observed.p95Us),
        msOfUs(observed.p99Us),
        msOfUs(observed.maxUs),
        whole(observed.messages),
        whole(observed.lost),
        <CheckLink id={record.id} words="check" />,
      ])}
    />
  );
}

const SOCKETS = ['TCP_NODELAY', 'Nagle'] as const;

function socketText({ noDelay }: Pick<Latency, 'noDelay'>): string {
  return SOCKETS[noDelay ? 0 : 1];
}

type Point = EcdfPoint & { readonly socket: string; readonly level: string };

const LEVELS = ['QoS 0', 'QoS 1', 'QoS 2'];

function Distribution({ measured, pi }: { readonly measured: readonly Measured<'latency'>[]; readonly pi: string }) {
  const series = measured.map(({ observed }) => {
    const level = `QoS ${observed.qos}`;
    const socket = socketText(observed);
    return { level, socket, name: `${level} ${socket}`, observed };
  });
  const points = series.flatMap(({ level, socket, observed }) =>
    // the error of an exchanged clock can make a time negative, and a logarithmic axis has no place for it
    ecdf(observed.latenciesUs)
      .filter(({ ms }) => ms > 0)
      .map((point) => ({ ...point, level, socket })),
  );
  const texts = series.map(({ name, observed }) => {
    return `${name}: half within ${msOfUs(observed.p50Us)} ms, 99 % within ${msOfUs(observed.p99Us)} ms, all within ${msOfUs(observed.maxUs)} ms`;
  });
  return (
    <Figure
      id={`figure-latency-${encodeURIComponent(pi)}`}
      caption="Share of the messages that had arrived after a time (logarithmic axis), by the publisher’s socket option. A line that continues to the right below 100 % is a tail."
      alternative={`Cumulative distributions of the latency. ${texts.join('; ')}.`}
      command={COMMAND}
      legend={<Legend names={LEVELS} shown={series.map(({ level }) => level)} />}
      drawing={drawPlot(plotOf(points))}
    >
      <RawPoints title="The latencies in the order of sending, in microseconds" lines={rawLines(series)} />
    </Figure>
  );
}

/** One line per message, one column per series. */
function rawLines(series: readonly { readonly name: string; readonly observed: Latency }[]): string[] {
  const longest = Math.max(...series.map(({ observed }) => observed.latenciesUs.length));
  const head = series.map(({ name }) => name).join(',');
  const rows = Array.from({ length: longest }, (_, index) =>
    series.map(({ observed }) => observed.latenciesUs[index] ?? '').join(','),
  );
  return [head, ...rows];
}

function plotOf(points: readonly Point[]): PlotOptions {
  return {
    x: { type: 'log', label: 'latency in ms', grid: true, ticks: 4, tickFormat: (ms: number) => `${ms}` },
    y: {
      label: 'share of the messages',
      tickFormat: (share: number) => `${Math.round(share * 100)} %`,
      grid: true,
      domain: [0, 1],
    },
    fx: { label: null, padding: 0.12, domain: SOCKETS },
    marks: LEVELS.map((level, index) => {
      const { stroke, strokeDasharray } = lookOf(index);
      const own = points.filter((point) => point.level === level);
      return line(own, {
        x: 'ms',
        y: 'share',
        fx: 'socket',
        strokeWidth: 2,
        stroke,
        strokeDasharray,
      });
    }),
  };
}

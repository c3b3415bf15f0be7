import { line, type PlotOptions } from '@observablehq/plot';
import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import type { Traffic } from '../../../records/measured/traffic.ts';
import { type Measured, measured as measuredIn } from '../../../records/measurements.ts';
import { amountText, costConclusion, dailyOf, pingConclusion, stepsText } from '../analysis/keep-alive-cost.ts';
import { exchangesText } from '../analysis/keep-alive-exchanges.ts';
import { assumedPeriodsText, periodOf } from '../analysis/keep-alive-period.ts';
import { whole } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure, RawPoints } from '../parts/figure.tsx';
import { Legend } from '../parts/legend.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Name, Text } from '../parts/text.tsx';
import { drawPlot, lookOf } from '../plot.ts';
import { BusyClients } from './keep-alive-busy.tsx';

const COMMAND = `${CALLED_AS} report --only keepalive.traffic`;

type One = Measured<'traffic'>;

/** Two exchanges that differ only in their keep alive, what each cost on the network, and how often busy clients ping. */
export function KeepAliveTraffic({ results }: SectionProps) {
  const measured = measuredIn(results.checks, 'traffic');
  const idle = measured.filter(({ observed }) => observed.activity === 'idle').sort(byKeepAlive);
  if (measured.length === 0) return <NotMeasured results={results} about="traffic" command={COMMAND} />;
  // those with the kernel's counters first
  const places = groupsOf(idle, ({ record }) => record.host ?? '').sort((one, other) => ranked(one) - ranked(other));
  const busy = measured.filter(({ observed }) => observed.activity !== 'idle');
  return (
    <>
      {places.map((own, index) => {
        const text = exchangesText(results, own);
        return index === 0 ? <Place measured={own} text={text} /> : <FoldedPlace measured={own} text={text} />;
      })}
      {busy.length === 0 ? null : <BusyClients measured={[...busy, ...idle]} />}
    </>
  );
}

function byKeepAlive({ observed: one }: One, { observed: other }: One): number {
  return one.keepAlive - other.keepAlive;
}

function ranked([{ observed }]: readonly [One, ...One[]]): number {
  return observed.samples.some(({ ipBytes }) => ipBytes !== undefined) ? 0 : 1;
}

type PlaceProps = { readonly measured: readonly [One, ...One[]]; readonly text: string };

/** The same with another client or on another Pi. */
function FoldedPlace({ measured, text }: PlaceProps) {
  const [{ record, observed }] = measured;
  return (
    <details>
      <summary>
        The same with <Text>{observed.client}</Text> on <Text>{record.host ?? 'this machine'}</Text>
      </summary>
      <Place measured={measured} text={text} />
    </details>
  );
}

function Place({ measured, text }: PlaceProps) {
  const [{ record, observed: fast }] = measured;
  const slow = measured.at(-1)?.observed ?? fast;
  const isCompared = slow.keepAlive !== fast.keepAlive;
  return (
    <>
      <h3>
        <Text>{fast.client}</Text> on <Text>{record.host ?? 'this machine'}</Text>
      </h3>
      <Exchanges measured={measured} text={text} />
      {isCompared ? <ConclusionText conclusion={costConclusion(fast, slow)} /> : null}
      <ConclusionText conclusion={pingConclusion(fast)} />
      <Costs measured={measured} />
      <Steps id={`figure-${record.id}`} series={measured.map(({ observed }) => observed)} />
    </>
  );
}

function Exchanges({ measured, text }: PlaceProps) {
  return (
    <>
      <p>
        <Text>{text}</Text> The lab watches the publisher: a subscriber would also receive what other checks publish on
        the topic, and would not be idle.
      </p>
      <Table
        caption="3a: the exchanges; times are seconds from the CONNECT"
        columns={[
          { title: 'keep alive', align: 'right' },
          'message',
          { title: 'arrived at', align: 'right' },
          { title: 'PINGREQ', align: 'right' },
          'sent at',
          'check',
        ]}
        rows={measured.map(({ record, observed: { keepAlive, exchange, pings, pingsAtMs } }) => [
          `${keepAlive} s`,
          exchange === undefined ? (
            '–'
          ) : (
            <>
              <Text>{exchange.publisher}</Text> to <Text>{exchange.subscriber}</Text> on <Name>{exchange.topic}</Name>,
              QoS {exchange.qos}: <Name>{exchange.payload}</Name>
            </>
          ),
          exchange === undefined ? '–' : (exchange.arrivedAtMs / 1000).toFixed(1),
          pings,
          pingsAtMs.map((ms) => (ms / 1000).toFixed(1)).join(', '),
          <CheckLink id={record.id} words="check" />,
        ])}
      />
    </>
  );
}

function Costs({ measured }: { readonly measured: readonly One[] }) {
  const days = measured.flatMap(({ observed }) => {
    const bytes = observed.perPing?.ipBytes ?? observed.perPing?.mqttBytes;
    const daily = dailyOf(observed);
    return bytes === undefined || daily === undefined
      ? []
      : [`86,400 s ÷ ${periodOf(observed).seconds} s × ${bytes} B = ${whole(daily.ipBytes ?? daily.mqttBytes)} B`];
  });
  const assumed = assumedPeriodsText(measured.map(({ observed }) => observed));
  return (
    <>
      <Table
        caption={`3b: on the network, counted by ${measured[0]?.observed.source}`}
        columns={[
          { title: 'keep alive', align: 'right' },
          ...['watched for', 'control packets', 'MQTT bytes', 'segments', 'IP bytes', 'a ping, MQTT', 'a ping, IP'].map(
            (title) => ({ title, align: 'right' as const }),
          ),
          { title: 'an idle day, IP', align: 'right' },
        ]}
        rows={measured.map(({ observed }) => {
          const last = observed.samples.at(-1);
          const daily = dailyOf(observed);
          return [
            `${observed.keepAlive} s`,
            `${(observed.durationMs / 1000).toFixed(1)} s`,
            observed.packets,
            orNone(last?.mqttBytes),
            orNone(last?.segments),
            orNone(last?.ipBytes),
            orNone(observed.perPing?.mqttBytes),
            orNone(observed.perPing?.ipBytes),
            daily?.ipBytes === undefined ? '–' : amountText(daily.ipBytes),
          ];
        })}
      />
      {days.length === 0 ? null : (
        <p class="small">
          An idle day, from the time between pings: {days.join('; ')}. {assumed}
        </p>
      )}
    </>
  );
}

function orNone(value: number | undefined): string {
  return value === undefined ? '–' : whole(value);
}

function Steps({ id, series }: { readonly id: string; readonly series: readonly Traffic[] }) {
  const isOfIp = series.every(({ samples }) => samples.every(({ ipBytes }) => ipBytes !== undefined));
  const unit = isOfIp ? 'IP' : 'MQTT';
  return (
    <Figure
      id={id}
      caption={`Cumulative bytes of ${unit}, both directions, from the start of the connection.`}
      alternative={stepsText(series)}
      command={COMMAND}
      legend={<Legend names={series.map(({ keepAlive }) => `keep alive ${keepAlive} s`)} />}
      drawing={drawPlot(stepsPlot(series, isOfIp))}
    >
      <RawPoints
        title="The counters as comma-separated values"
        lines={[
          'keep alive in s,ms,bytes of MQTT,bytes of IP,segments',
          ...series.flatMap(({ keepAlive, samples }) =>
            samples.map(({ atMs, mqttBytes, ipBytes, segments }) =>
              [keepAlive, atMs, mqttBytes, ipBytes, segments].join(','),
            ),
          ),
        ]}
      />
    </Figure>
  );
}

/** As steps: the counters stand still until the next ping. */
function stepsPlot(series: readonly Traffic[], isOfIp: boolean): PlotOptions {
  const marks = series.map(({ samples, durationMs }, index) => {
    const points = samples.map(({ atMs, mqttBytes, ipBytes }) => ({
      s: atMs / 1000,
      bytes: isOfIp ? ipBytes : mqttBytes,
    }));
    const { stroke, strokeDasharray } = lookOf(index);
    const ends = { s: durationMs / 1000, bytes: points.at(-1)?.bytes };
    return line([{ s: 0, bytes: 0 }, ...points, ends], {
      x: 's',
      y: 'bytes',
      curve: 'step-after',
      stroke,
      strokeDasharray,
      strokeWidth: 2,
    });
  });
  return {
    x: { label: 'seconds', grid: true },
    y: { label: `bytes of ${isOfIp ? 'IP' : 'MQTT'}`, grid: true, zero: true },
    marks,
  };
}

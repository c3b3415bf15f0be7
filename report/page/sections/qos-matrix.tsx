import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import { packetSchema } from '../../../records/measured/sequence.ts';
import { evidenceOf } from '../../../records/measurements.ts';
import { aboveConclusion, type MatrixCell, matrixCells, minimumConclusion } from '../analysis/matrix.ts';
import { hopsOf } from '../analysis/sequence.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import { Packets } from '../parts/packets.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { SequenceDiagram, sequenceText } from '../parts/sequence-diagram.tsx';
import { Text } from '../parts/text.tsx';

const COMMAND = `${CALLED_AS} verify --only qos.matrix`;
const LEVELS = [0, 1, 2];

/** The table of publisher's and subscriber's QoS: what the broker delivers, by which packets, and why. */
export function QosMatrix({ results }: SectionProps) {
  const cells = matrixCells(results);
  if (cells.length === 0) return <NotMeasured results={results} about="qos pair" command={COMMAND} />;
  return (
    <>
      <ConclusionText conclusion={minimumConclusion(cells)} />
      <ConclusionText conclusion={aboveConclusion(cells)} />
      <p>
        Why: each hop has a QoS of its own. The publisher chooses it for the hop to the broker, the subscriber asks for
        a maximum, and the broker delivers at the lower of the two: [MQTT-3.8.4-6] of MQTT 3.1.1 and [MQTT-3.8.4-8] of
        MQTT 5. A subscriber that asked for QoS 0 does not acknowledge messages; one that asked for QoS 2 cannot make a
        message safer than it was on its way to the broker.
      </p>
      {(['3.1.1', '5'] as const).map((version) => (
        <Matrix version={version} cells={cells.filter((cell) => cell.version === version)} />
      ))}
      <p class="reproduce">
        Measure again: <code>{COMMAND}</code>
      </p>
      {cells.map((cell) =>
        cell.version === '3.1.1' && cell.published > cell.requested ? <Above cell={cell} /> : null,
      )}
    </>
  );
}

type MatrixProps = { readonly version: string; readonly cells: readonly MatrixCell[] };

function Matrix({ version, cells }: MatrixProps) {
  if (cells.length === 0) return null;
  const of = (published: number, requested: number) =>
    cells.find((cell) => cell.published === published && cell.requested === requested);
  return (
    <Table
      caption={`MQTT ${version}: QoS of the delivered message, and the packets of the subscriber’s hop with their bytes`}
      columns={['publisher', ...LEVELS.map((level) => `subscriber QoS ${level}`)]}
      rows={LEVELS.map((published) => [
        `QoS ${published}`,
        ...LEVELS.map((requested) => <Cell cell={of(published, requested)} />),
      ])}
    />
  );
}

function Cell({ cell }: { readonly cell: MatrixCell | undefined }) {
  if (cell === undefined) return <>not in this run</>;
  const { record, seen } = cell;
  return (
    <>
      {seen?.delivered === undefined ? null : (
        <>
          <strong>QoS {seen.delivered}</strong>
          <br />
          <span class="small">
            <Text>{seen.subscriber.join(', ')}</Text>
          </span>
          <br />
        </>
      )}
      <VerdictMark verdict={record.verdict} /> <CheckLink id={record.id} words="check" />
    </>
  );
}

/** The packets of a message whose publisher's QoS is the higher one. */
function Above({ cell: { published, requested, record, seen } }: { readonly cell: MatrixCell }) {
  const packets = evidenceOf(record, packetSchema);
  const hops = hopsOf(packets);
  if (packets.length === 0) return null;
  return (
    <>
      <h3>
        Published at QoS {published}, subscribed at QoS {requested}
      </h3>
      {seen?.explanation === undefined ? null : (
        <p>
          <Text>{seen.explanation}</Text>
        </p>
      )}
      <Figure
        id={`figure-${record.id}`}
        caption={`A message published at QoS ${published} to a subscription of QoS ${requested}, both clients on this machine, over time (not to scale), while other checks ran too.`}
        alternative={sequenceText(hops)}
        command={`${CALLED_AS} verify --only ${record.id}`}
        drawing={
          <SequenceDiagram
            hops={hops}
            publisher={hops.publisher[0]?.who ?? ''}
            subscriber={hops.subscriber[0]?.who ?? ''}
          />
        }
      >
        <Packets hops={hops} />
      </Figure>
    </>
  );
}

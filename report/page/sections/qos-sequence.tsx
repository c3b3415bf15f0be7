import { CALLED_AS } from '../../../base/called-as.ts';
import { packetSchema } from '../../../records/measured/sequence.ts';
import { evidenceOf, type Measured, measured as measuredIn } from '../../../records/measurements.ts';
import { clockText } from '../analysis/clock.ts';
import { debugConclusion, exchangeConclusion, hopsOf, passedOnConclusion } from '../analysis/sequence.ts';
import { ConclusionText } from '../parts/conclusion.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import { Packets } from '../parts/packets.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { SequenceDiagram, sequenceText } from '../parts/sequence-diagram.tsx';
import { Name, Text } from '../parts/text.tsx';

const COMMAND = `${CALLED_AS} verify --only qos.sequence`;

/** One message per QoS: all control packets as both ends saw them, and the output of the debug mode. */
export function QosSequence({ results }: SectionProps) {
  const measured = measuredIn(results.checks, 'sequence');
  if (measured.length === 0) return <NotMeasured results={results} about="sequence" command={COMMAND} needsPi />;
  return (
    <>
      {measured.map((one) => (
        <OneSequence measured={one} />
      ))}
    </>
  );
}

function OneSequence({ measured: { record, observed } }: { readonly measured: Measured<'sequence'> }) {
  const { qos, topic, payloadBytes, publisher, subscriber, clock, debug } = observed;
  const hops = hopsOf(evidenceOf(record, packetSchema));
  const passedOn = passedOnConclusion(hops, clock);
  return (
    <>
      <h3>QoS {qos}</h3>
      <ConclusionText conclusion={exchangeConclusion(qos, hops)} />
      {passedOn === undefined ? null : <ConclusionText conclusion={passedOn} />}
      <Figure
        id={`figure-${record.id}`}
        caption={`A message of ${payloadBytes} bytes at QoS ${qos} on ${topic}, with its control packets over time (not to scale). Times are from the first packet, at the end that saw it: ${clockText(clock)}.`}
        alternative={sequenceText(hops)}
        command={`${CALLED_AS} verify --only ${record.id}`}
        drawing={<SequenceDiagram hops={hops} publisher={publisher} subscriber={subscriber} />}
      >
        <Packets hops={hops} />
      </Figure>
      <p>
        <Name>{debug.command}</Name> on <Text>{debug.host}</Text> printed of the same message:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <pre tabIndex={0}>
        <Text>{debug.lines.join('\n')}</Text>
      </pre>
      <ConclusionText conclusion={{ ...debugConclusion(debug, hops), checks: [record.id] }} />
    </>
  );
}

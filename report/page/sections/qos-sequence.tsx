import { packetSchema, type Sequence, sequenceSchema } from '../../../records/measured/sequence.ts';
import { clockText } from '../judge/clock.ts';
import { debugSentence, exchangeSentence, hopsOf, passedOnSentence } from '../judge/sequence.ts';
import { evidenceOf, type Measured, recordsOf } from '../measured.ts';
import { CheckLink } from '../parts/check-link.tsx';
import { Figure } from '../parts/figure.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import { Packets } from '../parts/packets.tsx';
import { Says } from '../parts/says.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { SequenceDiagram, sequenceText } from '../parts/sequence-diagram.tsx';
import { Name, Text } from '../parts/text.tsx';

const COMMAND = './lab verify --only qos.sequence';

/** One message a QoS with all its control packets, as both ends saw them on the wire, and what the debug mode printed of it. */
export function QosSequence({ results }: SectionProps) {
  const measured = recordsOf(results, 'qos.sequence', sequenceSchema);
  if (measured.length === 0) return <NotMeasured results={results} prefix="qos.sequence" command={COMMAND} needsPi />;
  return (
    <>
      {measured.map((one) => (
        <OneSequence measured={one} />
      ))}
    </>
  );
}

function OneSequence({ measured: { record, observed } }: { readonly measured: Measured<Sequence> }) {
  const { qos, topic, payloadBytes, publisher, subscriber, clock, debug } = observed;
  const hops = hopsOf(evidenceOf(record, packetSchema));
  const passedOn = passedOnSentence(hops, clock);
  return (
    <>
      <h3>QoS {qos}</h3>
      <Says sentence={exchangeSentence(qos, hops)} />
      {passedOn === undefined ? null : <Says sentence={passedOn} />}
      <Figure
        id={`figure-${record.id}`}
        caption={`A message of ${payloadBytes} bytes at QoS ${qos} on ${topic}, with its control packets in time (not to scale). Times are from the first packet, at the end that saw it: ${clockText(clock)}.`}
        alternative={sequenceText(hops)}
        command={`./lab verify --only ${record.id}`}
        drawing={<SequenceDiagram hops={hops} publisher={publisher} subscriber={subscriber} />}
      >
        <Packets hops={hops} />
      </Figure>
      <p>
        What <Name>{debug.command}</Name> printed of the same message on <Text>{debug.host}</Text>:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <pre tabIndex={0}>
        <Text>{debug.lines.join('\n')}</Text>
      </pre>
      <Says sentence={debugSentence(debug, hops)}>
        {' '}
        <CheckLink id={record.id} />
      </Says>
    </>
  );
}

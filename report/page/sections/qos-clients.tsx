import { clientRows, clientsSentence } from '../judge/clients.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import { Says } from '../parts/says.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Table } from '../parts/table.tsx';
import { Text } from '../parts/text.tsx';

const COMMAND = './lab verify --only qos,install.message';

/** Every way that a message went: which client published it, which one had subscribed, at which QoS. */
export function QosClients({ results }: SectionProps) {
  const rows = clientRows(results);
  if (rows.length === 0) return <NotMeasured results={results} prefix="qos" command={COMMAND} />;
  return (
    <>
      <Says sentence={clientsSentence(rows)} />
      <p>
        Above QoS 0 the clients of <code>./lab publish</code> and <code>./lab subscribe</code> keep their sessions,
        which is what the hint about a persistent connection is for: only a kept session lets either side repeat what
        was not acknowledged.
      </p>
      <Table
        caption="A message each"
        columns={['publisher', 'subscriber', { title: 'QoS', align: 'right' }, 'verdict', 'check']}
        rows={rows.map(({ publisher, subscriber, qos, record }) => [
          <Text>{publisher}</Text>,
          <Text>{subscriber}</Text>,
          qos ?? '',
          <VerdictMark verdict={record.verdict} />,
          <CheckLink id={record.id} />,
        ])}
      />
      <p class="reproduce">
        Measure again: <code>{COMMAND}</code>
      </p>
    </>
  );
}

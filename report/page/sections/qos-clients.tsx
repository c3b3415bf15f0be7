import { CALLED_AS } from '../../../base/called-as.ts';
import { Table } from '../../../base/html/table.tsx';
import { clientRows, clientsConclusion } from '../analysis/clients.ts';
import { CheckLink, VerdictMark } from '../parts/check-link.tsx';
import { ConclusionText } from '../parts/conclusion.tsx';
import { NotMeasured } from '../parts/not-measured.tsx';
import type { SectionProps } from '../parts/section.tsx';
import { Text } from '../parts/text.tsx';

const COMMAND = `${CALLED_AS} verify --only qos,install.message`;

/** Every message from client to client: who published, who subscribed, at which QoS. */
export function QosClients({ results }: SectionProps) {
  const rows = clientRows(results);
  if (rows.length === 0) return <NotMeasured results={results} about="message" command={COMMAND} />;
  return (
    <>
      <ConclusionText conclusion={clientsConclusion(rows)} />
      <p>
        Above QoS 0, <code>{CALLED_AS} publish</code> and <code>{CALLED_AS} subscribe</code> use persistent sessions.
        That is the point of the hint about a persistent connection: only within a session can either side repeat a
        message that was not acknowledged.
      </p>
      <Table
        caption="One message each"
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

import { Table } from '../../base/html/table.tsx';
import { comparedQos } from '../checkpoint/compared.ts';
import type { LiveEvent } from '../protocol.ts';

/** What each QoS took, where the events prove 2.2c. */
export function ComparedQos({ proof }: { readonly proof: readonly LiveEvent[] }) {
  const figures = comparedQos(proof);
  if (figures.length === 0) return null;
  return (
    <Table
      caption="One message, both hops together; between two hosts, the latency is as exact as their clocks"
      columns={['QoS', 'packets', 'MQTT bytes', 'median latency']}
      rows={figures.map(({ qos, packets, mqttBytes, latencyMs }) => [
        ...[`QoS ${qos}`, packets, mqttBytes, `${latencyMs.toFixed(1)} ms`],
      ])}
    />
  );
}

import { Table } from '../../../base/html/table.tsx';
import type { Hops } from '../analysis/sequence.ts';
import { detailsOf, rowsOf } from './sequence-diagram.tsx';

/** The packets of a sequence diagram as a folded table. */
export function Packets({ hops }: { readonly hops: Hops }) {
  return (
    <details>
      <summary>The packets as a table</summary>
      <Table
        caption="Timeline"
        columns={[
          { title: 'ms', align: 'right' },
          'seen by',
          'direction',
          'packet',
          { title: 'id', align: 'right' },
          'flags, size',
        ]}
        rows={rowsOf(hops).map(({ packet, role, atMs }) => [
          atMs.toFixed(3),
          role,
          packet.direction,
          packet.type,
          packet.packetId ?? '',
          detailsOf(packet),
        ])}
      />
    </details>
  );
}

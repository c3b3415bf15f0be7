import { nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { OpenSubject } from './subject.ts';

/** PUBLISH with DUP. */
export const repeating: OpenSubject = () => ({
  take(event, { connection, progress }) {
    if (event.is !== 'packet' || connection === undefined || event.packet.type !== 'PUBLISH') return [];
    const { dup = false, qos = 0, topic = '', packetId = 0, direction } = event.packet;
    if (!dup) return [];
    const who = direction === 'sent' ? nameOf(connection) : 'The broker';
    if (qos === 0)
      return [
        {
          text: `${who} sent ${topic} at QoS 0 with DUP, although nothing is sent twice at QoS 0.`,
          seqs: [event.seq],
          statement: statement('no DUP at QoS 0', connection),
          isContradiction: true,
        },
      ];
    const first = 'delivery' in progress && progress.kind === 'repeated' ? [progress.delivery.publish.seq] : [];
    return [
      {
        text: `${who} sent ${topic} with packet id ${packetId} again and set DUP, because the first one was not acknowledged.`,
        seqs: [...first, event.seq],
        statement: statement('DUP marks a repetition', connection),
      },
    ];
  },
});

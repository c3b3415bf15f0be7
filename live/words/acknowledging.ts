import { nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { OpenSubject } from './subject.ts';

/** Packets of the broker that answer nothing, or have no packet id. */
export const acknowledging: OpenSubject = () => ({
  take(event, { connection, progress, request, ping }) {
    if (event.is !== 'packet' || connection === undefined || event.packet.direction === 'sent') return [];
    const { type, packetId, qos = 0 } = event.packet;
    const said = (text: string, id: string | undefined) => [
      { text, seqs: [event.seq], statement: id, isContradiction: true as const },
    ];
    const to = nameOf(connection);
    if (type === 'PUBLISH' && qos > 0 && packetId === 0)
      return said(
        `The broker sent ${to} a PUBLISH with packet id 0, which the standard forbids.`,
        statement('a packet id is not zero', connection),
      );
    if (progress.kind === 'stray')
      return said(
        `The broker sent ${to} ${type} ${packetId ?? ''}, but no open delivery has this packet id and waits for it.`,
        statement(`${type === 'PUBCOMP' ? 'PUBCOMP' : 'an acknowledgement'} repeats the packet id`, connection),
      );
    if ((type === 'SUBACK' || type === 'UNSUBACK') && request === undefined)
      return said(
        `The broker sent ${to} ${type} ${packetId ?? ''}, but nothing was asked with this packet id.`,
        statement('SUBACK repeats the packet id', connection),
      );
    if (type === 'PINGRESP' && ping === undefined)
      return said(`The broker sent ${to} a PINGRESP without a PINGREQ.`, undefined);
    return [];
  },
});

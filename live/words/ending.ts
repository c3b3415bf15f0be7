import { codeText } from '../../probes/mqtt/code-text.ts';
import type { EventOf } from '../protocol.ts';
import { type Connection, isAccepted, nameOf, type PacketEvent } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { OpenSubject, Said } from './subject.ts';

/** DISCONNECT, and connections that end without it. */
export const ending: OpenSubject = () => ({
  take(event, { connection }) {
    const end = connection?.end;
    if (connection === undefined || end === undefined || !isAccepted(connection)) return [];
    if (event.is === 'packet') return event.packet.type === 'DISCONNECT' ? disconnected(connection, event) : [];
    if (event.is !== 'tcp' || (event.what !== 'FIN' && event.what !== 'RST')) return [];
    // FIN or RST follows a killed program
    const isKilled = end.how === 'killed' && event.by !== 'broker' && event.seq > end.seq;
    if (end.seq !== event.seq && !isKilled) return [];
    return [closed(connection, event, isKilled ? end.seq : undefined)].filter((said) => said !== undefined);
  },
});

function disconnected(connection: Connection, { packet, seq }: PacketEvent): Said[] {
  const who = nameOf(connection);
  const will = connection.connect?.fields.will;
  const { code = 0 } = packet;
  if (packet.direction === 'received')
    return [{ text: `The broker sent ${who} DISCONNECT: ${codeText('DISCONNECT', code)}.`, seqs: [seq] }];
  if (connection.end?.isUnheard === true)
    return [{ text: `${who} sent DISCONNECT, but the cable is pulled: it does not reach the broker.`, seqs: [seq] }];
  if (will === undefined) return [{ text: `${who} sent DISCONNECT and ended the connection in order.`, seqs: [seq] }];
  const seqs = [...(connection.connect === undefined ? [] : [connection.connect.seq]), seq];
  if (code === 4)
    return [{ text: `${who} sent DISCONNECT with code 4: the broker publishes the last will all the same.`, seqs }];
  const text = `${who} sent DISCONNECT, so the broker discards the last will on ${will.topic} without publishing it.`;
  return [{ text, seqs, statement: statement('DISCONNECT removes the will', connection) }];
}

function closed(
  connection: Connection,
  { what, by, seq }: EventOf<'tcp'>,
  killed: number | undefined,
): Said | undefined {
  const who = nameOf(connection);
  const seqs = [...(killed === undefined ? [] : [killed]), seq];
  if (connection.end?.isUnheard === true)
    return {
      text: `${who}'s side closed the connection, but the cable is pulled: ${what} does not reach the broker.`,
      seqs,
    };
  if (by === 'broker') {
    // the cable's and the takeover's own words say why
    if (connection.cuts.length > 0 || connection.end?.how === 'DISCONNECT') return undefined;
    return { text: `The broker ended ${who}'s connection with ${what}.`, seqs };
  }
  const way =
    killed === undefined
      ? `${who}'s connection ended with ${what}`
      : `${who}'s program was killed, and its kernel ended the connection with ${what}`;
  return { text: `${way}, without DISCONNECT. The broker notices at once; this is no network outage.`, seqs };
}

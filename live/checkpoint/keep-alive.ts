import type { Connection } from '../state/connection.ts';
import { type OpenProof, openParts } from './proof.ts';

/** Seconds, as the checkpoint asks for them. */
export const [SHORT, LONG] = [5, 25];
/** Pings that show a rhythm. */
export const PINGS = { [SHORT]: 3, [LONG]: 1 };
/** The step that is a text, and the characters that it needs. */
export const WRITTEN = '2.3c';
export const SHORTEST_ANSWER = 80;

/** What is known of the pings of connections. */
type Pings = { readonly seqs: number[]; readonly exchange: number[]; count: number };

function openPings() {
  const byConnection = new Map<Connection, Pings>();
  return (connection: Connection): Pings => {
    const known = byConnection.get(connection) ?? { seqs: [], exchange: [], count: 0 };
    byConnection.set(connection, known);
    return known;
  };
}

/** 2.3a: a message exchange at each keep alive, and a ping of each. */
export const bothKeepAlives: OpenProof = () => {
  const parts = openParts([SHORT, LONG]);
  const pingsOf = openPings();
  return {
    take(event, { connection, ping }) {
      if (event.is !== 'packet' || connection?.connect === undefined || connection.connack === undefined)
        return undefined;
      const pings = pingsOf(connection);
      if (event.packet.type === 'PUBLISH' && pings.exchange.length === 0) pings.exchange.push(event.seq);
      if (ping !== undefined && pings.seqs.length === 0) pings.seqs.push(ping.seq, event.seq);
      const { keepAlive, seq } = connection.connack;
      if (pings.exchange.length > 0 && pings.seqs.length > 0)
        parts.add(keepAlive, [connection.connect.seq, seq, ...pings.exchange, ...pings.seqs]);
      return parts.all();
    },
  };
};

/** 2.3b: pings of each keep alive, and counted bytes after them. */
export const countedPings: OpenProof = (state) => {
  const parts = openParts([SHORT, LONG]);
  const pingsOf = openPings();
  return {
    take(event, { connection, ping }) {
      if (event.is === 'packet' && connection?.connack !== undefined && ping !== undefined) {
        const pings = pingsOf(connection);
        pings.count += 1;
        pings.seqs.push(ping.seq, event.seq);
      }
      if (event.is !== 'counters') return undefined;
      const counted = state.connection(event.side);
      if (counted?.connect === undefined || counted.connack === undefined) return undefined;
      const { keepAlive } = counted.connack;
      const needed = PINGS[keepAlive];
      const { count, seqs } = pingsOf(counted);
      if (needed !== undefined && count >= needed)
        parts.add(keepAlive, [counted.connect.seq, ...seqs.slice(0, 2 * needed), event.seq]);
      return parts.all();
    },
  };
};

/** 2.3c: an answer, after a ping of each keep alive was measured. */
export const reasoned: OpenProof = (_state, { id }) => {
  const pings = openParts([SHORT, LONG]);
  return {
    take(event, { connection, ping }) {
      if (event.is === 'packet' && connection?.connack !== undefined && ping !== undefined)
        pings.add(connection.connack.keepAlive, [ping.seq, event.seq]);
      const measured = pings.all();
      if (event.is !== 'answered' || event.step !== id || measured === undefined) return undefined;
      return event.text.trim().length >= SHORTEST_ANSWER ? [...measured, event.seq] : undefined;
    },
  };
};

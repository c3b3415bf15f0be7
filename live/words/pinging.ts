import { type Connection, nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import { type OpenSubject, secondsText } from './subject.ts';

/** A client is idle where it pings after nearly the whole keep alive. */
const IDLE = 0.8;

/** PINGREQ and PINGRESP: the first ping of a connection while idle, and the first while busy. */
export const pinging: OpenSubject = () => {
  const lastSent = new WeakMap<Connection, number>();
  const gaps = new WeakMap<Connection, Map<number, number>>();
  const said = new WeakMap<Connection, Set<boolean>>();
  return {
    take(event, { connection, ping }) {
      if (event.is !== 'packet' || connection?.connack === undefined) return [];
      if (event.packet.direction === 'sent') {
        const gap = event.at - (lastSent.get(connection) ?? connection.connack.at);
        lastSent.set(connection, event.at);
        if (event.packet.type === 'PINGREQ')
          gaps.set(connection, new Map([...(gaps.get(connection) ?? []), [event.seq, gap] as const].slice(-10)));
        return [];
      }
      const gap = ping && gaps.get(connection)?.get(ping.seq);
      if (ping === undefined || gap === undefined) return [];
      const { keepAlive } = connection.connack;
      const isIdle = gap >= IDLE * 1000 * keepAlive;
      const before = said.get(connection) ?? new Set();
      if (before.has(isIdle)) return [];
      said.set(connection, before.add(isIdle));
      const who = nameOf(connection);
      const after = isIdle
        ? `${who} sent nothing for ${secondsText(gap)}, then PINGREQ`
        : `${who} sent PINGREQ ${secondsText(gap)} after its last packet`;
      const answer = `The broker answered with PINGRESP after ${Math.round(event.at - ping.at)} ms.`;
      const text = `${after}; the keep alive is ${keepAlive} s. ${answer}`;
      return [
        {
          text,
          seqs: [ping.seq, event.seq],
          statement: statement(isIdle ? 'the client pings' : 'the broker answers a ping', connection),
        },
      ];
    },
  };
};

import { type Connection, clientIdOf, isCut, nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import type { OpenSubject, Said } from './subject.ts';

/** How long the broker may take to end the older connection. */
const BOUND_MS = 10_000;

/** A second connection with the client id of an open one. */
export const takeover: OpenSubject = () => {
  let waiting: { newer: Connection; older: Connection; at: number }[] = [];
  return {
    take(event, { connection }) {
      if (
        event.is === 'packet' &&
        event.packet.type === 'CONNACK' &&
        event.packet.code === 0 &&
        connection !== undefined
      )
        for (const older of connection.older ?? []) waiting.push({ newer: connection, older, at: event.at });
      const said = waiting.flatMap(({ newer, older }) => words(newer, older));
      waiting = waiting.filter(({ newer, older }) => words(newer, older).length === 0);
      return said;
    },
    tick(now) {
      const late = waiting.filter(({ at }) => now - at >= BOUND_MS);
      waiting = waiting.filter((one) => !late.includes(one));
      return late.flatMap(({ newer, older }): Said[] => {
        if (older.end !== undefined || newer.end !== undefined) return [];
        const text = `Client id ${clientIdOf(newer)} is connected twice: the broker did not end the older connection within ${BOUND_MS / 1000} s.`;
        return [
          {
            text,
            seqs: seqsOf(newer, older),
            statement: statement('the newer connection wins', newer),
            isContradiction: true,
          },
        ];
      });
    },
  };
};

function seqsOf(newer: Connection, older: Connection): number[] {
  return [older, newer].flatMap(({ connect }) => (connect === undefined ? [] : [connect.seq]));
}

function words(newer: Connection, older: Connection): Said[] {
  const id = clientIdOf(newer);
  const rule = statement('the newer connection wins', newer);
  if (isCut(older) || (older.end?.isUnheard === true && older.cuts.length > 0)) {
    const text = `The broker still had a connection of client id ${id}, whose cable was pulled; ${nameOf(newer)}'s new one takes its place.`;
    return [{ text, seqs: seqsOf(newer, older), statement: rule }];
  }
  if (older.end?.by !== 'broker') return [];
  const text = `${nameOf(newer)} connected with the client id ${id} of ${nameOf(older)}'s connection, so the broker ended the older one.`;
  return [{ text, seqs: [...seqsOf(newer, older), older.end.seq], statement: rule }];
}

import { type Connection, isAccepted, isCut, nameOf } from '../state/connection.ts';
import { statement } from '../state/statements.ts';
import { countText, type OpenSubject, type Said, secondsText } from './subject.ts';

type Plugged = { readonly seqs: number[]; resent: number; goesOnSince?: number };

/** How long after the fact the kernel's retransmissions are reported. */
const REPORT_MS = 1_000;

/** The cable is pulled and plugged in. */
export const cable: OpenSubject = () => {
  const plugged = new Map<Connection, Plugged>();
  const retried = new WeakSet<object>();
  return {
    take(event, { connection }) {
      if (connection === undefined || !isAccepted(connection)) return [];
      const who = nameOf(connection);
      const cut = connection.cuts.at(-1);
      if (event.is === 'packet') {
        const state = plugged.get(connection);
        if (state === undefined || event.packet.direction === 'sent' || state.goesOnSince !== undefined) return [];
        state.goesOnSince = event.at;
        state.seqs.push(event.seq);
        return [];
      }
      if (event.is !== 'tcp' || cut === undefined) return [];
      if (event.what === 'silent') return cut.from.seq === event.seq ? [pulled(connection, event.seq)] : [];
      if (event.what === 'through') {
        if (cut.to?.seq !== event.seq) return [];
        plugged.set(connection, { seqs: [event.seq], resent: 0 });
        return [
          {
            text: `The cable of ${who} was plugged in after ${secondsText(event.at - cut.from.at)}.`,
            seqs: [cut.from.seq, event.seq],
          },
        ];
      }
      const state = plugged.get(connection);
      if (event.what === 'retransmission') {
        const { bytes = 0 } = event;
        if (isCut(connection) && !retried.has(cut)) {
          retried.add(cut);
          return [
            {
              text: `TCP at ${who} sends ${countText(bytes, 'byte')} again and gets no answer.`,
              seqs: [cut.from.seq, event.seq],
            },
          ];
        }
        if (state !== undefined) {
          state.resent += bytes;
          state.seqs.push(event.seq);
        }
        return [];
      }
      if (event.what !== 'RST' || event.by !== 'broker' || isCut(connection)) return [];
      plugged.delete(connection);
      const text = `The broker had given up ${who}'s connection while the cable was pulled, so it answers with RST.`;
      return [{ text, seqs: [...(state?.seqs ?? [cut.from.seq]), event.seq] }];
    },
    tick(now) {
      const said: Said[] = [];
      for (const [connection, one] of plugged) {
        if (connection.end !== undefined || isCut(connection)) plugged.delete(connection);
        else if (one.goesOnSince !== undefined && now - one.goesOnSince >= REPORT_MS) {
          plugged.delete(connection);
          said.push(goesOn(connection, one));
        }
      }
      return said;
    },
  };

  function goesOn(connection: Connection, { resent, seqs }: Plugged): Said {
    const goes = `he connection of ${nameOf(connection)} goes on where it stopped: the broker had not yet given it up.`;
    return { text: resent === 0 ? `T${goes}` : `TCP sent ${countText(resent, 'byte')} again, and t${goes}`, seqs };
  }
};

function pulled(connection: Connection, seq: number): Said {
  const who = nameOf(connection);
  const keepAlive = connection.connack?.keepAlive ?? 0;
  const text = `The cable of ${who} is pulled: no packet passes, and neither FIN nor RST, so both ends still think that they are connected.`;
  if (keepAlive === 0) return { text: `${text} With keep alive 0 the broker waits for ever.`, seqs: [seq] };
  const waits = `The broker waits 1.5 × ${keepAlive} s = ${1.5 * keepAlive} s from the last packet.`;
  return { text: `${text} ${waits}`, seqs: [seq], statement: statement('a silent client is disconnected', connection) };
}

import { type Connection, clientIdOf, nameOf, type PacketEvent, wasCutSince } from '../state/connection.ts';
import { expiryOf, looksEverySecond } from '../state/expiry.ts';
import { statement } from '../state/statements.ts';
import { type Said, secondsText } from './subject.ts';

export type Restart = { readonly seq: number; readonly at: number };

type Case = {
  readonly owner: Connection;
  /** The PUBLISH of the will, as it came. */
  readonly event: PacketEvent;
  /** The connection that it came to. */
  readonly reader: Connection;
  readonly restarts: readonly Restart[];
  /** Whether the newest restart has neither succeeded nor failed. */
  readonly isRestarting: boolean;
  readonly brokerVersion: string | undefined;
  readonly connections: readonly Connection[];
};

/** How long before its end the will of a stopping broker may come, and after it. */
const AROUND_MS = 10_000;

/** Why the broker published this will; undefined while nothing that was seen explains it. */
export function causeOf({
  owner,
  event,
  reader,
  restarts,
  isRestarting,
  brokerVersion,
  connections,
}: Case): Said | undefined {
  const topic = event.packet.topic ?? '';
  const who = nameOf(owner);
  const { end } = owner;
  const rule = statement('a will is published', owner);
  const cut = owner.cuts.findLast(({ from }) => from.at <= event.at);
  const isNoticed = end !== undefined && !end.isUnheard && (cut === undefined || end.at < event.at);
  // the kernel repeats FIN or RST once the cable is plugged in
  const plugged = cut?.to !== undefined && cut.to.at <= event.at ? cut.to : undefined;
  if (plugged !== undefined && end !== undefined && !isNoticed) {
    if (end.how === 'DISCONNECT' || end.how === 'unknown') return undefined;
    return {
      text: `The cable of ${who} was plugged in, so the end of the connection reached the broker, which published the last will on ${topic}.`,
      seqs: [plugged.seq, event.seq],
      statement: rule,
    };
  }
  if (cut !== undefined && !isNoticed) return expired(owner, { cutSeq: cut.from.seq, event, reader, brokerVersion });
  const restart = restarts.findLast(({ at }) => Math.abs(event.at - at) < AROUND_MS);
  if (restart !== undefined && isRestarting) return undefined;
  if (restart !== undefined)
    return {
      text: `The broker stops, so it publishes ${who}'s last will on ${topic} before it closes.`,
      seqs: [restart.seq, event.seq],
      statement: rule,
    };
  const newer = connections.find(
    (one) => one.begun.seq > owner.begun.seq && one.connect?.fields.clientId === clientIdOf(owner),
  );
  if (end === undefined || end.isUnheard || end.by === 'broker') {
    if (newer?.connect !== undefined && (end === undefined || newer.begun.at <= end.at))
      return {
        text: `Another connection took over ${who}'s client id, so the broker published ${who}'s last will on ${topic}.`,
        seqs: [newer.connect.seq, event.seq],
        statement: rule,
      };
    if (end === undefined || end.isUnheard) return undefined;
    return {
      text: `The broker ended ${who}'s connection and published its last will on ${topic}.`,
      seqs: [end.seq, event.seq],
      statement: rule,
    };
  }
  const seqs = [...(owner.connect === undefined ? [] : [owner.connect.seq]), end.seq, event.seq];
  if (end.how === 'unknown') return undefined;
  if (end.how === 'DISCONNECT' && end.code === 4)
    return { text: `${who}'s DISCONNECT has code 4, so the broker published the last will on ${topic}.`, seqs };
  if (end.how === 'DISCONNECT')
    return {
      text: `The last will of ${who} came on ${topic}, although ${who} had sent DISCONNECT.`,
      seqs,
      statement: statement('DISCONNECT removes the will', owner),
      isContradiction: true,
    };
  const after = secondsText(Math.max(0, event.at - end.at));
  const published = `${who}'s connection ended without DISCONNECT, so the broker published ${who}'s last will on ${topic}`;
  const text = isListening(reader, end.at)
    ? `${published} at once: after ${after}.`
    : `${published}. ${nameOf(reader)} was not in reach and got it ${after} after the end.`;
  return { text, seqs, statement: rule };
}

/** Whether the reader was connected all the time since `at`, cable plugged in: only then does its clock judge the broker. */
function isListening(reader: Connection, at: number): boolean {
  return (reader.connack?.at ?? at) <= at && !wasCutSince(reader, at);
}

type Expired = Pick<Case, 'event' | 'reader' | 'brokerVersion'> & { readonly cutSeq: number };

function expired(owner: Connection, { cutSeq, event, reader, brokerVersion }: Expired): Said | undefined {
  const { lastHeard } = owner;
  const keepAlive = owner.connack?.keepAlive ?? 0;
  if (lastHeard === undefined) return undefined;
  const who = nameOf(owner);
  const seqs = [lastHeard.seq, cutSeq, event.seq];
  const rule = statement('a silent client is disconnected', owner);
  const afterMs = event.at - lastHeard.at;
  const window = expiryOf(keepAlive, brokerVersion);
  const measured = `The broker published ${who}'s last will ${secondsText(afterMs)} after the last packet of ${who} that reached it`;
  const theory = `the keep alive of ${keepAlive} s allows 1.5 × ${keepAlive} s = ${1.5 * keepAlive} s`;
  if (keepAlive === 0 || afterMs < window.fromMs)
    return { text: `${measured}, but ${theory}: it gave up too early.`, seqs, statement: rule, isContradiction: true };
  if (!isListening(reader, lastHeard.at)) {
    const text = `${nameOf(reader)} was not in reach all the time and got ${who}'s last will ${secondsText(afterMs)} after the last packet of ${who} that reached the broker; ${theory}.`;
    return { text, seqs, statement: rule };
  }
  if (afterMs > window.toMs)
    return { text: `${measured}, but ${theory}: it gave up too late.`, seqs, statement: rule, isContradiction: true };
  const isSlow = brokerVersion !== undefined && !looksEverySecond(brokerVersion) && afterMs > 1_500 * keepAlive;
  const why = isSlow ? ` Mosquitto ${brokerVersion} looks for silent clients only every 6 s.` : '';
  return { text: `${measured}; ${theory}.${why}`, seqs, statement: rule };
}

import { counted, listed } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';
import type { WillRow } from './will-rows.ts';
import { fraction, of, records, sum, when } from './will-select.ts';
import { spanText, timeText } from './will-words.ts';

/** Silence, which only the keep alive reveals: whether the last will came, how late, and compared with the end of a program. */
export function outageConclusions(rows: readonly WillRow[]): Conclusion[] {
  return [outage(rows), ...lateness(rows), ...comparison(rows)];
}

type Silence = { readonly kind: 'network cut' | 'client silent'; readonly rows: readonly WillRow[] };

/** Clients on a Pi whose network was cut, or else silent clients on this machine. */
function silenceOf(rows: readonly WillRow[]): Silence {
  const silent = of(rows, 'silent');
  const cut = silent.filter(({ isOnPi }) => isOnPi);
  return cut.length > 0 ? { kind: 'network cut', rows: cut } : { kind: 'client silent', rows: silent };
}

function outage(rows: readonly WillRow[]): Conclusion {
  const { kind, rows: silent } = silenceOf(rows);
  if (silent.length === 0) return inconclusive('This run tried no network outage.');
  const missing = silent.filter(({ wills }) => wills !== 1);
  if (missing.length > 0)
    return contradicted(
      `Silence did not leave exactly one last will in ${fraction(missing, silent)}.`,
      records(missing),
    );
  const early = silent.filter(({ owner, willAfterMs = 0 }) => willAfterMs < (owner?.keepAlive ?? 0) * 1000);
  if (early.length > 0)
    return contradicted(`A last will came before its keep alive had passed, ${when(early)}.`, records(early));
  const keepAlives = [...new Set(silent.flatMap(({ owner }) => owner?.keepAlive ?? []))];
  const due = keepAlives.map((seconds) => `${seconds} s, so from ${1.5 * seconds} s on`);
  const bound = due.length === 0 ? '' : ` (keep alive ${listed(due)})`;
  const ended = `Only the keep alive ends the connection${bound}, and the last will came ${when(silent)} of silence.`;
  if (kind === 'client silent') {
    const text = `A client on this machine that sends nothing is silent, but its network is not: its socket stays open, and its kernel still acknowledges what the broker sends. ${ended} Cutting the network takes a Pi.`;
    return confirmed(text, records(silent));
  }
  const text = `In an outage the broker receives nothing: no FIN, no RST, no DISCONNECT. ${ended}${swallowedText(silent)}`;
  return confirmed(text, records(silent));
}

function swallowedText(rows: readonly WillRow[]): string {
  const swallowed = rows.flatMap(({ dropped }) => dropped ?? []);
  if (swallowed.length === 0) return '';
  const sent = sum(swallowed.map((one) => one.sent.segments));
  const received = sum(swallowed.map((one) => one.received.segments));
  return ` The cut network swallowed ${counted(received, 'segment')} from the broker and ${counted(sent, 'segment')} from the clients, whose processes the lab killed behind the cut.`;
}

/** The broker has to close the connection within one and a half times the keep alive; its clock and the way here may add a second. */
function lateness(rows: readonly WillRow[]): Conclusion[] {
  const known = of(rows, 'silent').flatMap((row) =>
    row.owner === undefined || row.willAfterMs === undefined
      ? []
      : [{ row, lateMs: row.willAfterMs - 1_500 * row.owner.keepAlive }],
  );
  if (known.length === 0) return [];
  const late = known.filter(({ lateMs }) => lateMs > 1_000);
  if (late.length === 0) {
    const text = 'The broker observed one and a half times the keep alive, as [MQTT-3.1.2-24] requires.';
    return [confirmed(text, records(known.map(({ row }) => row)))];
  }
  const most = timeText(Math.max(...late.map(({ lateMs }) => lateMs)));
  const text = `[MQTT-3.1.2-24] requires the broker to end a silent connection within one and a half times its keep alive; it was up to ${most} late.`;
  return [contradicted(text, records(late.map(({ row }) => row)))];
}

/** How much longer an outage, or a client's silence, stays unnoticed than the end of a program. */
function comparison(rows: readonly WillRow[]): Conclusion[] {
  const silence = silenceOf(rows);
  const killed = of(rows, 'killed');
  const slowest = Math.max(...timesOf(killed));
  const fastest = Math.min(...timesOf(silence.rows));
  if (!Number.isFinite(slowest) || !Number.isFinite(fastest)) return [];
  const checks = records([...killed, ...silence.rows]);
  const name = silence.kind === 'network cut' ? 'outage' : 'silence of a client';
  if (fastest <= slowest) {
    const text = `The broker noticed the quickest ${name} sooner than the slowest end of a program: ${spanText([fastest])} against ${spanText([slowest])}.`;
    return [contradicted(text, checks)];
  }
  const times = Math.floor(fastest / slowest);
  const text = `The broker noticed the quickest ${name} ${spanText([fastest])}, the slowest end of a program ${spanText([slowest])}: ${times < 2 ? 'longer' : `at least ${times} times as long`}. A shorter keep alive shortens that, at the cost of question 3.`;
  return [confirmed(text, checks)];
}

function timesOf(rows: readonly WillRow[]): number[] {
  return rows.flatMap(({ willAfterMs, wills }) => (wills === 1 && willAfterMs !== undefined ? [willAfterMs] : []));
}

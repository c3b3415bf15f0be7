import { counted, listed } from '../format.ts';
import type { WillRow } from './will-rows.ts';
import { fraction, of, open, say, sum, type WillSentence, when } from './will-sentence.ts';
import { spanText, timeText } from './will-words.ts';

/** Silence, where nothing but the keep alive tells the broker: whether the last will came, how late, and against the end of a program. */
export function outageSentences(rows: readonly WillRow[]): WillSentence[] {
  return [outage, lateness, compared].flatMap((say) => say(rows) ?? []);
}

type Silence = { readonly kind: 'network cut' | 'client silent'; readonly rows: readonly WillRow[] };

/** Those whose network was cut, on a Pi; only where there is none, those whose client on this machine did nothing any more. */
function silenceOf(rows: readonly WillRow[]): Silence {
  const silent = of(rows, 'silent');
  const cut = silent.filter(({ where }) => where !== 'this machine');
  return cut.length > 0 ? { kind: 'network cut', rows: cut } : { kind: 'client silent', rows: silent };
}

function outage(rows: readonly WillRow[]): WillSentence {
  const { kind, rows: silent } = silenceOf(rows);
  if (silent.length === 0) return open('No network outage was tried in this run.');
  const missing = silent.filter(({ wills }) => wills !== 1);
  if (missing.length > 0)
    return say('not so', `After silence ${fraction(missing, silent)} left no single last will.`, missing);
  const early = silent.filter(({ owner, willAfterMs = 0 }) => willAfterMs < (owner?.keepAlive ?? 0) * 1000);
  if (early.length > 0)
    return say('not so', `A last will came before its keep alive had passed, ${when(early)}.`, early);
  const keepAlives = [...new Set(silent.flatMap(({ owner }) => owner?.keepAlive ?? []))];
  const due = keepAlives.map((seconds) => `${seconds} s, so from ${1.5 * seconds} s on`);
  const bound = due.length === 0 ? '' : ` (keep alive ${listed(due)})`;
  const ended = `Only the keep alive ends the connection${bound}, and the last will came ${when(silent)} of silence.`;
  if (kind === 'client silent') {
    const text = `A client on this machine that does nothing any more is silent, its network is not: its socket stays open, and its kernel still acknowledges what the broker sends. ${ended} To cut the network a Pi is needed.`;
    return say('so', text, silent);
  }
  const text = `In an outage nothing tells the broker: no FIN, no RST, no DISCONNECT. ${ended}${swallowedText(silent)}`;
  return say('so', text, silent);
}

function swallowedText(rows: readonly WillRow[]): string {
  const swallowed = rows.flatMap(({ dropped }) => dropped ?? []);
  if (swallowed.length === 0) return '';
  const sent = sum(swallowed.map((one) => one.sent.segments));
  const received = sum(swallowed.map((one) => one.received.segments));
  return ` The cut network swallowed ${counted(received, 'segment')} from the broker and ${counted(sent, 'segment')} from the clients, whose processes were killed behind the cut.`;
}

/** The broker has to close the connection within one and a half times the keep alive; a second more is what its clock and the way here take. */
function lateness(rows: readonly WillRow[]): WillSentence | undefined {
  const known = of(rows, 'silent').flatMap((row) =>
    row.owner === undefined || row.willAfterMs === undefined
      ? []
      : [{ row, lateMs: row.willAfterMs - 1_500 * row.owner.keepAlive }],
  );
  if (known.length === 0) return undefined;
  const all = known.map(({ row }) => row);
  const late = known.filter(({ lateMs }) => lateMs > 1_000);
  if (late.length === 0) {
    return say('so', 'The broker kept to one and a half times the keep alive, as [MQTT-3.1.2-24] wants.', all);
  }
  const most = timeText(Math.max(...late.map(({ lateMs }) => lateMs)));
  const text = `[MQTT-3.1.2-24] wants a silent connection ended within one and a half times its keep alive; the broker was up to ${most} late.`;
  return say(
    'not so',
    text,
    late.map(({ row }) => row),
  );
}

/** How much longer an outage, or a client's silence, stays unknown than the end of a program. */
function compared(rows: readonly WillRow[]): WillSentence | undefined {
  const silence = silenceOf(rows);
  const killed = of(rows, 'killed');
  const slowest = Math.max(...timesOf(killed));
  const fastest = Math.min(...timesOf(silence.rows));
  if (!Number.isFinite(slowest) || !Number.isFinite(fastest)) return undefined;
  const on = [...killed, ...silence.rows];
  const name = silence.kind === 'network cut' ? 'outage' : 'silence of a client';
  if (fastest <= slowest) {
    const text = `The quickest ${name} was known sooner than the slowest end of a program: ${spanText([fastest])} against ${spanText([slowest])}.`;
    return say('not so', text, on);
  }
  const times = Math.floor(fastest / slowest);
  const text = `The quickest ${name} was known ${spanText([fastest])}, the slowest end of a program ${spanText([slowest])}: ${times < 2 ? 'longer' : `at least ${times} times as long`}. A shorter keep alive makes up for that, at the price of question 3.`;
  return say('so', text, on);
}

function timesOf(rows: readonly WillRow[]): number[] {
  return rows.flatMap(({ willAfterMs, wills }) => (wills === 1 && willAfterMs !== undefined ? [willAfterMs] : []));
}

import { counted, listed } from '../format.ts';
import { deviationSentences } from './will-deviations.ts';
import type { WillRow } from './will-rows.ts';
import { fraction, isNotAtOnce, of, open, say, sum, tally, type WillSentence, when } from './will-sentence.ts';
import { causeName, spanText, timeText } from './will-words.ts';

/** What was measured, a sentence a question; one that nothing was measured for says so. */
export function willSentences(rows: readonly WillRow[]): WillSentence[] {
  return [goodbye, closedProgram, closedByBroker, outage, lateness, compared, brokerEnds, bothRoles, delays]
    .map((say) => say(rows))
    .concat(deviationSentences(rows))
    .filter((told) => told !== undefined);
}

function goodbye(rows: readonly WillRow[]): WillSentence {
  const left = of(rows, 'clean');
  const asked = of(rows, 'disconnect-with-will');
  if (left.length === 0) return open('No clean DISCONNECT was tried in this run.');
  const told = left.filter(({ wills }) => wills > 0);
  if (told.length > 0) {
    return say('not so', `A clean DISCONNECT left a last will all the same in ${fraction(told, left)}.`, told);
  }
  const with4 =
    asked.length > 0 && asked.every(({ wills }) => wills === 1)
      ? ` Over MQTT 5 a client may ask for it all the same: after DISCONNECT with reason code 0x04 it came ${when(asked)}.`
      : '';
  const text = `A client that takes its leave with DISCONNECT has its last will forgotten: none came in ${counted(left.length, 'check')}.${with4}`;
  return say('so', text, [...left, ...asked]);
}

function closedProgram(rows: readonly WillRow[]): WillSentence {
  const killed = of(rows, 'killed');
  const closed = [...killed, ...of(rows, 'fin', 'rst')];
  if (killed.length === 0) return open('No process was killed in this run.');
  const late = closed.filter(isNotAtOnce);
  if (late.length > 0) {
    const which = listed([...new Set(late.map(causeName))]);
    return say('not so', `The last will did not come at once after: ${which}.`, late);
  }
  const ends = killed.flatMap(({ end }) => (end?.seenBy === 'kernel' ? [end.how] : []));
  const kernel =
    ends.length === 0
      ? 'How the kernels of the killed processes closed their connections was not seen.'
      : `The kernel of a killed process closes its connection for it: ${tally(ends)}, by its own table of connections${ends.includes('RST') ? ' (an RST, where something for it was left unread)' : ''}.`;
  const text = `Closing the program, as by closing the IDE, is no network outage. ${kernel} The broker knows at once that nobody said DISCONNECT, and the last will came ${when(closed)}.`;
  return say('so', text, closed);
}

function closedByBroker(rows: readonly WillRow[]): WillSentence {
  const closed = of(rows, 'protocol-error', 'takeover-clean');
  if (closed.length === 0) return open('No connection was closed by the broker in this run.');
  const late = closed.filter(isNotAtOnce);
  if (late.length > 0)
    return say('not so', `Closed by the broker, ${fraction(late, closed)} left no last will at once.`, late);
  const ends = closed.flatMap(({ end }) => (end?.by === 'broker' ? [end.how] : []));
  const seen = ends.length === 0 ? '' : ` The client sees the broker’s end: ${tally(ends)}.`;
  const text = `Where the broker closes the connection, after a malformed packet or because another connection took the client id, it publishes the last will itself, ${when(closed)}.${seen}`;
  return say('so', text, closed);
}

function outage(rows: readonly WillRow[]): WillSentence {
  const cut = of(rows, 'silent').filter(({ where }) => where !== 'this machine');
  const silent = cut.length > 0 ? cut : of(rows, 'silent');
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
  const swallowed = silent.flatMap(({ dropped }) => dropped ?? []);
  const [sent, received] = [
    swallowed.map((one) => one.sent.segments),
    swallowed.map((one) => one.received.segments),
  ].map(sum);
  const lost =
    swallowed.length === 0
      ? ''
      : ` The cut network swallowed ${counted(received ?? 0, 'segment')} from the broker and ${counted(sent ?? 0, 'segment')} from the clients, whose processes were killed behind the cut.`;
  const text = `In an outage nothing tells the broker: no FIN, no RST, no DISCONNECT. Only the keep alive ends the connection${bound}, and the last will came ${when(silent)} of silence.${lost}`;
  return say('so', text, silent);
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

/** How much longer an outage stays unknown than the end of a program. */
function compared(rows: readonly WillRow[]): WillSentence | undefined {
  const [closed, silent] = [of(rows, 'killed'), of(rows, 'silent')].map((all) =>
    all.flatMap(({ willAfterMs, wills }) => (wills === 1 && willAfterMs !== undefined ? [willAfterMs] : [])),
  );
  if (closed === undefined || silent === undefined || closed.length === 0 || silent.length === 0) return undefined;
  const slowest = Math.max(...closed);
  const fastest = Math.min(...silent);
  const on = of(rows, 'killed', 'silent');
  if (fastest <= slowest) {
    return say(
      'not so',
      `An outage was known sooner than the end of a program: ${spanText([fastest])} against ${spanText([slowest])}.`,
      on,
    );
  }
  const times = Math.floor(fastest / slowest);
  const text = `The quickest outage was known ${spanText([fastest])}, the slowest end of a program ${spanText([slowest])}: ${times < 2 ? 'longer' : `at least ${times} times as long`}. A shorter keep alive makes up for that, at the price of question 3.`;
  return say('so', text, on);
}

function brokerEnds(rows: readonly WillRow[]): WillSentence {
  const stopped = of(rows, 'stop');
  if (stopped.length === 0)
    return open('The broker itself was not ended in this run; ./lab verify --disruptive does that.');
  const missing = stopped.filter(({ wills }) => wills !== 1);
  if (missing.length > 0)
    return say('not so', 'A clean stop of the broker left no last will to who was connected.', missing);
  return say(
    'so',
    `A broker that is stopped cleanly publishes the last wills of its clients before it closes their connections, ${when(stopped)}.`,
    stopped,
  );
}

/** The role makes no difference. */
function bothRoles(rows: readonly WillRow[]): WillSentence | undefined {
  const [publishers, subscribers] = (['publisher', 'subscriber'] as const).map((wanted) =>
    rows.filter(({ role, cause }) => role === wanted && cause !== 'stop' && cause !== 'crash'),
  );
  if (!publishers?.length || !subscribers?.length)
    return open('Only one of publisher and subscriber had a last will in this run.');
  const twins = publishers.flatMap((row) => {
    const twin = subscribers.find(
      (other) => other.cause === row.cause && other.where === row.where && other.topic === row.topic,
    );
    return twin === undefined ? [] : [[row, twin] as const];
  });
  const differing = twins.filter(([one, other]) => one.wills !== other.wills).map(([row]) => row);
  if (differing.length > 0) {
    return say(
      'not so',
      `Publisher and subscriber differ after: ${listed([...new Set(differing.map(causeName))])}.`,
      differing,
    );
  }
  return say(
    'so',
    `What becomes of a last will depends on how its owner is lost and not on its role: publisher and subscriber left as many in each of ${counted(twins.length, 'pair')} of checks.`,
    [],
  );
}

function delays(rows: readonly WillRow[]): WillSentence | undefined {
  const [delayed, back] = [of(rows, 'delay'), of(rows, 'delay-reconnect')];
  const all = [...delayed, ...back];
  if (all.length === 0) return undefined;
  const wrong = all.filter(({ record }) => record.verdict === 'fail');
  if (wrong.length > 0) return say('not so', 'The will delay of MQTT 5 was not kept.', wrong);
  const asked = delayed[0]?.owner?.delayS;
  const first =
    delayed.length === 0
      ? ''
      : `With a will delay${asked === undefined ? '' : ` of ${asked} s`} over MQTT 5 the last will came ${when(delayed)}.`;
  const second =
    back.length === 0
      ? ''
      : ` A client that is back within its delay leaves none: it was back ${spanText(back.map(({ backAfterMs }) => backAfterMs)) ?? 'in time'}.`;
  return say('so', `${first}${second}`.trim(), all);
}

import { counted, listed } from '../format.ts';
import { deviationSentences } from './will-deviations.ts';
import { outageSentences } from './will-outage.ts';
import type { Cause, WillRow } from './will-rows.ts';
import { fraction, isNotAtOnce, of, open, say, tally, type WillSentence, when } from './will-sentence.ts';
import { causeName, spanText } from './will-words.ts';

/** What was measured, a sentence a question; one that nothing was measured for says so. */
export function willSentences(rows: readonly WillRow[]): WillSentence[] {
  return [
    goodbye(rows),
    closedProgram(rows),
    closedByBroker(rows),
    ...outageSentences(rows),
    brokerEnds(rows),
    bothRoles(rows),
    delays(rows),
    ...deviationSentences(rows),
  ].filter((told) => told !== undefined);
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

/** What has the broker close a connection, and how that is told. */
const BROKER_CLOSES: readonly (readonly [cause: Cause, words: string])[] = [
  ['protocol-error', 'after a malformed packet'],
  ['takeover-clean', 'because another connection took the client id'],
];

function closedByBroker(rows: readonly WillRow[]): WillSentence {
  const closed = of(rows, ...BROKER_CLOSES.map(([cause]) => cause));
  if (closed.length === 0) return open('No connection was closed by the broker in this run.');
  const late = closed.filter(isNotAtOnce);
  if (late.length > 0)
    return say('not so', `Closed by the broker, ${fraction(late, closed)} left no last will at once.`, late);
  const ends = closed.flatMap(({ end }) => (end?.by === 'broker' ? [end.how] : []));
  const seen = ends.length === 0 ? '' : ` The client sees the broker’s end: ${tally(ends)}.`;
  const why = BROKER_CLOSES.filter(([cause]) => closed.some((row) => row.cause === cause)).map(([, words]) => words);
  const text = `Where the broker closes the connection, ${why.join(' or ')}, it publishes the last will itself, ${when(closed)}.${seen}`;
  return say('so', text, closed);
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
    rows.filter(
      ({ role, cause, record }) =>
        role === wanted && cause !== 'stop' && cause !== 'crash' && record.verdict !== 'skipped',
    ),
  );
  if (!publishers?.length || !subscribers?.length)
    return open('Only one of publisher and subscriber had a last will in this run.');
  const twins = publishers.flatMap((row) => {
    const twin = subscribers.find(
      (other) => other.cause === row.cause && other.where === row.where && other.topic === row.topic,
    );
    return twin === undefined ? [] : [[row, twin] as const];
  });
  if (twins.length === 0)
    return open(
      'No last will of a publisher and of a subscriber was lost in the same way on the same topic in this run.',
    );
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

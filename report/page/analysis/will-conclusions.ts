import { CALLED_AS } from '../../../base/called-as.ts';
import { counted, listed } from '../format.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';
import { deviationConclusions } from './will-deviations.ts';
import { outageConclusions } from './will-outage.ts';
import type { Cause, WillRow } from './will-rows.ts';
import { fraction, isNotAtOnce, of, records, tally, when } from './will-select.ts';
import { causeName, spanText } from './will-words.ts';

/** A conclusion a question, also where this run measured nothing for it. */
export function willConclusions(rows: readonly WillRow[]): Conclusion[] {
  return [
    goodbye(rows),
    closedProgram(rows),
    closedByBroker(rows),
    ...outageConclusions(rows),
    brokerEnds(rows),
    bothRoles(rows),
    delays(rows),
    ...deviationConclusions(rows),
  ].filter((conclusion) => conclusion !== undefined);
}

function goodbye(rows: readonly WillRow[]): Conclusion {
  const left = of(rows, 'clean');
  const asked = of(rows, 'disconnect-with-will');
  if (left.length === 0) return inconclusive('This run tried no clean DISCONNECT.');
  const wrong = left.filter(({ wills }) => wills > 0);
  if (wrong.length > 0)
    return contradicted(
      `The broker published a last will in spite of a clean DISCONNECT in ${fraction(wrong, left)}.`,
      records(wrong),
    );
  const with4 =
    asked.length > 0 && asked.every(({ wills }) => wills === 1)
      ? ` Over MQTT 5 a client can ask for its last will: after DISCONNECT with reason code 0x04 it came ${when(asked)}.`
      : '';
  const text = `After a clean DISCONNECT the broker discards the last will: none came in ${counted(left.length, 'check')}.${with4}`;
  return confirmed(text, records([...left, ...asked]));
}

function closedProgram(rows: readonly WillRow[]): Conclusion {
  const killed = of(rows, 'killed');
  const closed = [...killed, ...of(rows, 'fin', 'rst')];
  if (killed.length === 0) return inconclusive('This run killed no process.');
  const late = closed.filter(isNotAtOnce);
  if (late.length > 0) {
    const which = listed([...new Set(late.map(causeName))]);
    return contradicted(`The last will did not come at once after: ${which}.`, records(late));
  }
  const ends = killed.flatMap(({ end }) => (end?.seenBy === 'kernel' ? [end.how] : []));
  const kernel =
    ends.length === 0
      ? 'How the kernels of the killed processes closed their connections is unknown.'
      : `The kernel closes the connection of a killed process: ${tally(ends)}, by its own table of connections${ends.includes('RST') ? ' (an RST, where the process had left something unread)' : ''}.`;
  const text = `Closing the program, as by closing the IDE, is no network outage. ${kernel} The broker notices at once that no DISCONNECT came, and the last will arrived ${when(closed)}.`;
  return confirmed(text, records(closed));
}

/** What makes the broker close a connection, as the end of a sentence. */
const BROKER_CLOSES: readonly (readonly [cause: Cause, words: string])[] = [
  ['protocol-error', 'after a malformed packet'],
  ['takeover-clean', 'because another connection took the client id'],
];

function closedByBroker(rows: readonly WillRow[]): Conclusion {
  const closed = of(rows, ...BROKER_CLOSES.map(([cause]) => cause));
  if (closed.length === 0) return inconclusive('In this run the broker closed no connection.');
  const late = closed.filter(isNotAtOnce);
  if (late.length > 0)
    return contradicted(
      `The broker closed a connection without a last will at once in ${fraction(late, closed)}.`,
      records(late),
    );
  const ends = closed.flatMap(({ end }) => (end?.by === 'broker' ? [end.how] : []));
  const seen = ends.length === 0 ? '' : ` The client sees the broker’s end: ${tally(ends)}.`;
  const why = BROKER_CLOSES.filter(([cause]) => closed.some((row) => row.cause === cause)).map(([, words]) => words);
  const text = `Where the broker closes the connection, ${why.join(' or ')}, it publishes the last will itself: it arrived ${when(closed)}.${seen}`;
  return confirmed(text, records(closed));
}

function brokerEnds(rows: readonly WillRow[]): Conclusion {
  const stopped = of(rows, 'stop');
  if (stopped.length === 0)
    return inconclusive(`This run did not stop the broker; ${CALLED_AS} verify --disruptive does.`);
  const missing = stopped.filter(({ wills }) => wills !== 1);
  if (missing.length > 0)
    return contradicted('A clean stop of the broker left no last will at a connected subscriber.', records(missing));
  return confirmed(
    `A broker that stops cleanly publishes the last wills of its clients before it closes their connections: they arrived ${when(stopped)}.`,
    records(stopped),
  );
}

/** Whether the role makes a difference. */
function bothRoles(rows: readonly WillRow[]): Conclusion {
  const inRole = (wanted: WillRow['role']) =>
    rows.filter(
      ({ role, cause, record }) =>
        role === wanted && cause !== 'stop' && cause !== 'crash' && record.verdict !== 'skipped',
    );
  const [publishers, subscribers] = [inRole('publisher'), inRole('subscriber')];
  if (publishers.length === 0 || subscribers.length === 0)
    return inconclusive('In this run only a publisher or only a subscriber had a last will.');
  const twins = publishers.flatMap((row) => {
    const twin = subscribers.find(
      (other) => other.cause === row.cause && other.where === row.where && other.topic === row.topic,
    );
    return twin === undefined ? [] : [[row, twin] as const];
  });
  if (twins.length === 0)
    return inconclusive('No publisher and subscriber of this run lost their connections in the same way on one topic.');
  const differing = twins.filter(([one, other]) => one.wills !== other.wills).map(([row]) => row);
  if (differing.length > 0) {
    const names = listed([...new Set(differing.map(causeName))]);
    return contradicted(`Publisher and subscriber differ after: ${names}.`, records(differing));
  }
  return confirmed(
    `A last will depends on how its owner’s connection ends and not on its role: publisher and subscriber left equally many in each of ${counted(twins.length, 'pair')} of checks.`,
  );
}

function delays(rows: readonly WillRow[]): Conclusion | undefined {
  const [delayed, back] = [of(rows, 'delay'), of(rows, 'delay-reconnect')];
  const all = [...delayed, ...back];
  if (all.length === 0) return undefined;
  const wrong = all.filter(({ record }) => record.verdict === 'fail');
  if (wrong.length > 0) return contradicted('The broker did not observe the will delay of MQTT 5.', records(wrong));
  const delayS = delayed[0]?.owner?.delayS;
  const first =
    delayed.length === 0
      ? ''
      : `With a will delay${delayS === undefined ? '' : ` of ${delayS} s`} over MQTT 5 the last will came ${when(delayed)}.`;
  const second =
    back.length === 0
      ? ''
      : ` A client that reconnects within its delay leaves none: it was back ${spanText(back.map(({ backAfterMs }) => backAfterMs)) ?? 'in time'}.`;
  return confirmed(`${first}${second}`.trim(), records(all));
}

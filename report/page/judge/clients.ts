import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { listed } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { checksOf } from '../measured.ts';
import type { Sentence } from './sentence.ts';

/** A check that a message went from one client to another: which, and at which QoS. */
export type ClientRow = {
  /** First words of the check's id. */
  readonly way: string;
  readonly publisher: string;
  readonly subscriber: string;
  /** Absent where a check is about several, or does not tell. */
  readonly qos: number | undefined;
  readonly record: CheckRecord;
};

const HERE = 'mqtt.js on this machine';
const LEVELS = [0, 1, 2];

type Cast = {
  readonly way: string;
  /** Whether the question is about it: all three levels, each way between this machine and a Pi, with each client. */
  readonly isAsked: boolean;
  /** Who publishes and who subscribes; `at` is the Pi that takes part. */
  readonly of: (at: string) => Pick<ClientRow, 'publisher' | 'subscriber'>;
};

const CASTS: readonly Cast[] = [
  {
    way: 'install.message',
    isAsked: false,
    of: (at) => ({ publisher: 'mosquitto_pub on the broker’s host', subscriber: `mosquitto_sub -d on ${at}` }),
  },
  { way: 'qos.host-to-pi', isAsked: true, of: (at) => ({ publisher: HERE, subscriber: `mosquitto_sub on ${at}` }) },
  { way: 'qos.pi-to-host', isAsked: true, of: (at) => ({ publisher: `mosquitto_pub on ${at}`, subscriber: HERE }) },
  { way: 'qos.this-machine', isAsked: false, of: () => ({ publisher: HERE, subscriber: HERE }) },
  { way: 'qos.paho-publishes', isAsked: true, of: (at) => ({ publisher: `paho on ${at}`, subscriber: HERE }) },
  { way: 'qos.paho', isAsked: true, of: (at) => ({ publisher: HERE, subscriber: `paho on ${at}` }) },
];

/** A row a check, grouped by who takes part. */
export function clientRows(results: Pick<Results, 'checks'>): ClientRow[] {
  return CASTS.flatMap(({ way, of }) =>
    checksOf(results, way).map((record) => {
      const [, level] = /\.q([012])(?:\.|$)/.exec(record.id) ?? [];
      const pi = record.host === undefined || record.host === 'this machine' ? 'a Pi' : record.host;
      return { way, ...of(pi), qos: level === undefined ? undefined : Number(level), record };
    }),
  );
}

/** What the rows say together: by whom, to whom and at which levels messages came, and what was not in this run. */
export function clientsSentence(rows: readonly ClientRow[]): Sentence {
  const judged = rows.filter(({ record }) => record.verdict !== 'skipped');
  const failed = judged.filter(({ record }) => record.verdict === 'fail');
  if (judged.length === 0) return { text: 'No message was sent in this run.', says: 'open' };
  if (failed.length > 0) {
    const told = waysText(failed);
    return { text: `${failed.length} of ${judged.length} did not come as they should: ${told}.`, says: 'not so' };
  }
  const came = `Each message came exactly once and unaltered: ${waysText(judged)}.`;
  const missing = missingRows(rows);
  if (missing.length === 0) return { text: came, says: 'so' };
  return { text: `${came} Not in this run: ${waysText(missing)}.`, says: 'open' };
}

type Ends = Pick<ClientRow, 'publisher' | 'subscriber' | 'qos'>;

/** What has no verdict: of what is asked for, a way or a level that has no check or a skipped one; of the rest the skipped. */
function missingRows(rows: readonly ClientRow[]): Ends[] {
  return CASTS.flatMap(({ way, isAsked, of }): readonly Ends[] => {
    const own = rows.filter((row) => row.way === way);
    const skipped = own.filter(({ record }) => record.verdict === 'skipped');
    if (!isAsked) return skipped;
    if (own.length === 0) return LEVELS.map((qos) => ({ ...of('a Pi'), qos }));
    return groupsOf(own, endsText).flatMap((group) => {
      const isTried = (level: number) => group.some((row) => row.qos === level && !skipped.includes(row));
      return LEVELS.filter((level) => !isTried(level)).map((qos) => ({ ...group[0], qos }));
    });
  });
}

/** `mqtt.js on this machine to paho on pi at QoS 0 and 1; …`. */
function waysText(rows: readonly Ends[]): string {
  return groupsOf(rows, endsText)
    .map((group) => {
      const levels = [...new Set(group.flatMap(({ qos }) => qos ?? []))].sort();
      return `${endsText(group[0])}${levels.length === 0 ? '' : ` at QoS ${listed(levels.map(String))}`}`;
    })
    .join('; ');
}

function endsText({ publisher, subscriber }: Ends): string {
  return `${publisher} to ${subscriber}`;
}

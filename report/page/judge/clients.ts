import type { Results } from '../../json.ts';
import type { CheckRecord } from '../../record.ts';
import { checksOf } from '../measured.ts';
import type { Sentence } from './sentence.ts';

/** A check that a message went from one client to another: which, and at which QoS. */
export type ClientRow = {
  readonly publisher: string;
  readonly subscriber: string;
  /** Absent where a check is about several, or does not tell. */
  readonly qos: number | undefined;
  readonly record: CheckRecord;
};

const HERE = 'mqtt.js on this machine';

/** Who publishes and who subscribes in the checks whose id begins so; `at` is the Pi that takes part. */
const CASTS: readonly {
  readonly prefix: string;
  readonly of: (at: string) => Pick<ClientRow, 'publisher' | 'subscriber'>;
}[] = [
  {
    prefix: 'install.message',
    of: (at) => ({ publisher: 'mosquitto_pub on the broker’s host', subscriber: `mosquitto_sub -d on ${at}` }),
  },
  { prefix: 'qos.host-to-pi', of: (at) => ({ publisher: HERE, subscriber: `mosquitto_sub on ${at}` }) },
  { prefix: 'qos.pi-to-host', of: (at) => ({ publisher: `mosquitto_pub on ${at}`, subscriber: HERE }) },
  { prefix: 'qos.this-machine', of: () => ({ publisher: HERE, subscriber: HERE }) },
  { prefix: 'qos.paho-publishes', of: (at) => ({ publisher: `paho on ${at}`, subscriber: HERE }) },
  { prefix: 'qos.paho', of: (at) => ({ publisher: HERE, subscriber: `paho on ${at}` }) },
];

/** A row a check, grouped by who takes part. */
export function clientRows(results: Pick<Results, 'checks'>): ClientRow[] {
  return CASTS.flatMap(({ prefix, of }) =>
    checksOf(results, prefix).map((record) => {
      const [, level] = /\.q([012])(?:\.|$)/.exec(record.id) ?? [];
      const pi = record.host === undefined || record.host === 'this machine' ? 'a Pi' : record.host;
      return { ...of(pi), qos: level === undefined ? undefined : Number(level), record };
    }),
  );
}

/** What the rows say together: which levels were shown in which direction. */
export function clientsSentence(rows: readonly ClientRow[]): Sentence {
  const judged = rows.filter(({ record }) => record.verdict !== 'skipped');
  const failed = judged.filter(({ record }) => record.verdict === 'fail');
  const levels = [...new Set(judged.flatMap(({ qos }) => qos ?? []))].sort();
  if (judged.length === 0) return { text: 'No message was sent in this run.', says: 'open' };
  if (failed.length > 0) {
    return { text: `${failed.length} of ${judged.length} ways did not deliver as they should.`, says: 'not so' };
  }
  const every = [0, 1, 2].every((level) => levels.includes(level));
  return every
    ? {
        text: `QoS 0, 1 and 2: each message came exactly once and unaltered, in all of ${judged.length} ways.`,
        says: 'so',
      }
    : { text: `Of QoS 0, 1 and 2 only ${levels.join(' and ')} was tried in this run.`, says: 'open' };
}

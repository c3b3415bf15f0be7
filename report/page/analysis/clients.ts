import { recordsAbout } from '../../../records/measurements.ts';
import type { CheckRecord } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { type SubjectOf, WAYS } from '../../../records/subject.ts';
import { listed } from '../format.ts';
import { groupsOf } from '../groups.ts';
import { type Conclusion, confirmed, contradicted, inconclusive } from './conclusion.ts';

type Way = SubjectOf<'message'>['way'];
type Ends = { readonly publisher: string; readonly subscriber: string; readonly qos: number | undefined };

/** A check that a message went from one client to another. */
export type ClientRow = Ends & { readonly way: Way; readonly record: CheckRecord };

const HERE = 'mqtt.js on this machine';
const LEVELS = [0, 1, 2];

/** Both clients of a way; `on` is the Pi that takes part. The question asks for all ways between this machine and a Pi, at all levels. */
const CLIENTS: Readonly<
  Record<Way, { readonly isAsked: boolean; readonly of: (on: string) => Pick<Ends, 'publisher' | 'subscriber'> }>
> = {
  'broker host to Pi': {
    isAsked: false,
    of: (on) => ({ publisher: 'mosquitto_pub on the broker’s host', subscriber: `mosquitto_sub -d on ${on}` }),
  },
  'this machine to Pi': { isAsked: true, of: (on) => ({ publisher: HERE, subscriber: `mosquitto_sub on ${on}` }) },
  'Pi to this machine': { isAsked: true, of: (on) => ({ publisher: `mosquitto_pub on ${on}`, subscriber: HERE }) },
  'this machine to itself': { isAsked: false, of: () => ({ publisher: HERE, subscriber: HERE }) },
  'paho to this machine': { isAsked: true, of: (on) => ({ publisher: `paho on ${on}`, subscriber: HERE }) },
  'this machine to paho': { isAsked: true, of: (on) => ({ publisher: HERE, subscriber: `paho on ${on}` }) },
};

/** One row per check, grouped by way. */
export function clientRows({ checks }: Pick<Results, 'checks'>): ClientRow[] {
  const all = recordsAbout(checks, 'message');
  return WAYS.flatMap((way) =>
    all.flatMap(({ record, subject }) => {
      if (subject.way !== way) return [];
      const { host } = record;
      const pi = host === undefined || host === 'this machine' ? 'a Pi' : host;
      return [{ way, ...CLIENTS[way].of(pi), qos: subject.qos, record }];
    }),
  );
}

/** Between which clients and at which levels messages arrived, and what this run left out. */
export function clientsConclusion(rows: readonly ClientRow[]): Conclusion {
  const ran = rows.filter(({ record }) => record.verdict !== 'skipped');
  const failed = ran.filter(({ record }) => record.verdict === 'fail');
  if (ran.length === 0) return inconclusive('No message was sent in this run.');
  if (failed.length > 0) {
    return contradicted(`${failed.length} of ${ran.length} checks failed: ${waysText(failed)}.`);
  }
  const arrived = `Every message arrived exactly once and unaltered: ${waysText(ran)}.`;
  const missing = missingRows(rows);
  return missing.length === 0 ? confirmed(arrived) : inconclusive(`${arrived} Not in this run: ${waysText(missing)}.`);
}

/** Levels without a verdict: of an asked way those that have no check or a skipped one, of other ways the skipped ones. */
function missingRows(rows: readonly ClientRow[]): Ends[] {
  return WAYS.flatMap((way): readonly Ends[] => {
    const own = rows.filter((row) => row.way === way);
    const skipped = own.filter(({ record }) => record.verdict === 'skipped');
    const { isAsked, of } = CLIENTS[way];
    if (!isAsked) return skipped;
    if (own.length === 0) return LEVELS.map((qos) => ({ ...of('a Pi'), qos }));
    return groupsOf(own, endsText).flatMap((group) => {
      const ran = (level: number) => group.some((row) => row.qos === level && !skipped.includes(row));
      return LEVELS.filter((level) => !ran(level)).map((qos) => ({ ...group[0], qos }));
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

function endsText({ publisher, subscriber }: Pick<Ends, 'publisher' | 'subscriber'>): string {
  return `${publisher} to ${subscriber}`;
}

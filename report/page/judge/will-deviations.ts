import type { Cause, WillRow } from './will-rows.ts';
import { fraction, isNotAtOnce, of, say, type WillSentence } from './will-sentence.ts';
import { spanText } from './will-words.ts';

type DeviationOf = {
  readonly cause: Cause;
  readonly standard: string;
  /** How it is told that no last will came. */
  readonly none: string;
};

const DEVIATIONS: readonly DeviationOf[] = [
  {
    cause: 'second-connect',
    standard:
      'A second CONNECT on a connection is an error upon which the broker closes it, and the last will is due [MQTT-3.1.2-8]',
    none: 'none came',
  },
  {
    cause: 'takeover-persistent',
    standard:
      'A persistent session that another connection takes over has lost its connection without DISCONNECT, and its last will is due [MQTT-3.1.2-8]',
    none: 'none came',
  },
  {
    cause: 'delay-without-session',
    standard:
      'A session that ends with its connection leaves its last will at once, whatever its will delay (MQTT 5, 3.1.3.2.2)',
    none: 'none came',
  },
  {
    cause: 'crash',
    standard:
      'A broker that crashes has lost its clients’ connections too, and their last wills are due [MQTT-3.1.2-8]',
    none: 'none was ever published',
  },
];

/** What the standard wants where Mosquitto is known to do otherwise, and whether it was so; a sentence a cause that was tried. */
export function deviationSentences(rows: readonly WillRow[]): WillSentence[] {
  return DEVIATIONS.flatMap((deviation) => judged(rows, deviation) ?? []);
}

const SEEN = ['none', 'late', 'several', 'as the standard says'] as const;
type Seen = (typeof SEEN)[number];

function judged(rows: readonly WillRow[], { cause, standard, none }: DeviationOf): WillSentence | undefined {
  const all = of(rows, cause);
  if (all.length === 0) return undefined;
  const told = SEEN.flatMap((seen) => {
    const own = all.filter((row) => seenOf(row) === seen);
    if (own.length === 0) return [];
    const share = own.length === all.length ? '' : ` in ${fraction(own, all)}`;
    return [`${words(seen, none, share, own)}${verdictText(own)}`];
  });
  const other = all.filter((row) => seenOf(row) !== 'as the standard says');
  const text = `${standard}; ${told.join('; ')}.`;
  return other.length === 0 ? say('so', text, all) : say('not so', text, other);
}

/** By what came, not by the verdict: a version that is known to deviate and does not has a verdict of failure. */
function seenOf(row: WillRow): Seen {
  const { wills, record } = row;
  if (wills === 0) return 'none';
  if (wills > 1) return 'several';
  if (record.verdict === 'pass') return 'as the standard says';
  return record.verdict === 'deviation' || isLate(row) ? 'late' : 'as the standard says';
}

/** Half a second before its will delay, since brokers count whole seconds, it may have waited for that; without one it is due at once. */
function isLate(row: WillRow): boolean {
  const { owner, willAfterMs = 0 } = row;
  return owner?.delayS === undefined ? isNotAtOnce(row) : willAfterMs >= owner.delayS * 1000 - 500;
}

function words(seen: Seen, none: string, share: string, rows: readonly WillRow[]): string {
  const time = spanText(rows.map(({ willAfterMs }) => willAfterMs));
  const after = time === undefined ? share : `${share} ${time}`;
  switch (seen) {
    case 'none':
      return `${none}${share}`;
    case 'late':
      return time === undefined ? `it came late${share}` : `it came only${after}`;
    case 'several':
      return `more than one came${after}`;
    case 'as the standard says':
      return `one came${after}, as the standard has it`;
  }
}

/** What the verdict adds to what came: that it was to be expected, or why it is a failure all the same. */
function verdictText(rows: readonly WillRow[]): string {
  if (rows.every(({ record }) => record.verdict === 'deviation'))
    return ', which this version of the broker is known for';
  const failed = rows.filter((row) => row.record.verdict === 'fail' && seenOf(row) === 'as the standard says');
  const reasons = [...new Set(failed.flatMap(({ record }) => record.reason ?? []))];
  return reasons.length === 0 ? '' : ` (failed: ${reasons.join('; ')})`;
}

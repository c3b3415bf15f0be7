import { type Conclusion, confirmed, contradicted } from './conclusion.ts';
import type { Cause, WillRow } from './will-rows.ts';
import { fraction, isNotAtOnce, of, records } from './will-select.ts';
import { spanText } from './will-words.ts';

type Deviation = {
  readonly cause: Cause;
  /** What the standard requires. */
  readonly standard: string;
  /** What a missing last will means. */
  readonly none: string;
};

const DEVIATIONS: readonly Deviation[] = [
  {
    cause: 'second-connect',
    standard:
      'After a second CONNECT on one connection the broker has to close it and to publish the last will [MQTT-3.1.2-8]',
    none: 'none came',
  },
  {
    cause: 'takeover-persistent',
    standard:
      'When another connection takes over a persistent session, the first connection ends without DISCONNECT, and its last will is due [MQTT-3.1.2-8]',
    none: 'none came',
  },
  {
    cause: 'delay-without-session',
    standard:
      'When a session ends with its connection, its last will is due at once, whatever its will delay (MQTT 5, 3.1.3.2.2)',
    none: 'none came',
  },
  {
    cause: 'crash',
    standard: 'A broker that crashes loses its clients’ connections too, and their last wills are due [MQTT-3.1.2-8]',
    none: 'the broker never published one',
  },
];

/** What the standard requires where Mosquitto is known to deviate, and what the broker did; one conclusion a cause that has checks. */
export function deviationConclusions(rows: readonly WillRow[]): Conclusion[] {
  return DEVIATIONS.flatMap((deviation) => deviationConclusion(rows, deviation) ?? []);
}

const SEEN = ['none', 'late', 'several', 'as the standard says'] as const;
type Seen = (typeof SEEN)[number];

function deviationConclusion(rows: readonly WillRow[], { cause, standard, none }: Deviation): Conclusion | undefined {
  const all = of(rows, cause);
  if (all.length === 0) return undefined;
  const parts = SEEN.flatMap((seen) => {
    const own = all.filter((row) => seenOf(row) === seen);
    if (own.length === 0) return [];
    const share = own.length === all.length ? '' : ` in ${fraction(own, all)}`;
    return [`${words(seen, none, share, own)}${verdictText(own)}`];
  });
  const wrong = all.filter((row) => seenOf(row) !== 'as the standard says');
  const text = `${standard}: ${parts.join('; ')}.`;
  return wrong.length === 0 ? confirmed(text, records(all)) : contradicted(text, records(wrong));
}

/** Decides by the last wills that came: the check of a known deviation fails where the version does not deviate. */
function seenOf(row: WillRow): Seen {
  const { wills, record } = row;
  if (wills === 0) return 'none';
  if (wills > 1) return 'several';
  if (record.verdict === 'pass') return 'as the standard says';
  return record.verdict === 'deviation' || isLate(row) ? 'late' : 'as the standard says';
}

/** Brokers count whole seconds, so a last will may come half a second before its delay ends. Without a delay it is due at once. */
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
      return `one came${after}, as the standard requires`;
  }
}

/** Says that this version is known to deviate so, or why the check fails in spite of the standard. */
function verdictText(rows: readonly WillRow[]): string {
  if (rows.every(({ record }) => record.verdict === 'deviation'))
    return ', as this version of the broker is known to do';
  const failed = rows.filter((row) => row.record.verdict === 'fail' && seenOf(row) === 'as the standard says');
  const reasons = [...new Set(failed.flatMap(({ record }) => record.reason ?? []))];
  return reasons.length === 0 ? '' : ` (failed: ${reasons.join('; ')})`;
}

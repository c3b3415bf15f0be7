import { type Paint, printable, seconds } from '../../base/paint.ts';
import { FAMILIES, type Verdict } from '../../records/record.ts';
import type { Comparison, RunSummary } from './compare.ts';
import { latencyLines } from './latency-lines.ts';
import type { SizeChange, Sizes } from './sizes.ts';
import type { Span, Timings } from './timings.ts';
import { type Change, LISTED_CHANGES, type ListedChange, type VerdictChange } from './verdicts.ts';

/** Of more changes of one kind the rest is counted. */
const MOST_LISTED = 5;
const LONGEST_REASON = 160;
/** The lines of the two runs show these differences. */
const IN_RUN_LINE: readonly string[] = ['scope', 'checks', 'measurements'];

/** What changed between two runs, for a terminal: first what got worse. */
export function comparisonLines(comparison: Comparison, paint: Paint): string[] {
  const { before, after, checks, environment, sizes, timings, latency, maxSlower } = comparison;
  return [
    headline(comparison, paint),
    runLine('before', before),
    runLine('after', after),
    ...environment
      .filter(({ what }) => !IN_RUN_LINE.includes(what))
      .map(({ what, before: was, after: is }) => differs(`${what}: ${was} → ${is}`, paint)),
    ...excessLines(comparison, paint),
    ...LISTED_CHANGES.flatMap((change) => changeLines(checks, change, paint)),
    ...onlyIn(checks, 'only before', 'before', paint),
    ...onlyIn(checks, 'only after', 'after', paint),
    ...sizeLines(sizes, paint),
    ...timingLines(timings, paint),
    ...latencyLines(latency, maxSlower, paint),
  ];
}

function headline({ verdict, checks, common, excesses }: Comparison, paint: Paint): string {
  const count = (wanted: Change) => checks.filter(({ change }) => change === wanted).length;
  const broken = count('broken');
  const words = [
    ...(broken > 0 ? [paint('red', `${counted(broken, 'check')} got worse`)] : []),
    ...(excesses.length > 0
      ? [paint('red', `${counted(excesses.length, 'latency', 'latencies')} slower than allowed`)]
      : []),
    ...(verdict === 'pass' ? ['nothing got worse'] : []),
    ...(count('fixed') > 0 ? [`${count('fixed')} fixed`] : []),
    `${counted(common, 'check')} in both runs`,
  ];
  return `${verdict === 'pass' ? paint('green', '✓') : paint('red', '✗')} ${words.join(', ')}`;
}

function runLine(which: string, { name, counts, environment }: RunSummary): string {
  const { lab, scope, only, full, durationMs } = environment;
  const words = [lab, full ? 'full' : scope, ...(only === undefined ? [] : [`only ${only}`]), seconds(durationMs)];
  const { pass, fail, deviation, skipped } = counts;
  const found = [
    `${pass} passed`,
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(deviation > 0 ? [counted(deviation, 'known deviation')] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return printable(`  ${which.padEnd(6)} ${name}  ${words.join(', ')}: ${found.join(', ')}`);
}

function excessLines({ excesses, maxSlower }: Comparison, paint: Paint): string[] {
  return excesses.map(({ id, name, percent }) =>
    paint('red', `  ✗ ${printable(id)}: ${name} rose by ${Math.round(percent)} %, allowed are ${maxSlower} %`),
  );
}

type ChangeText = { readonly mark: string; readonly style: 'red' | 'yellow' | 'green' | 'dim'; readonly text: string };

const CHANGE_TEXTS: Readonly<Record<ListedChange, ChangeText>> = {
  broken: { mark: '✗', style: 'red', text: 'fails' },
  'new failure': { mark: '✗', style: 'red', text: 'fails' },
  'still fails': { mark: '✗', style: 'red', text: 'fails in both' },
  deviates: { mark: '≈', style: 'yellow', text: 'deviates, as known' },
  'now inconclusive': { mark: '?', style: 'yellow', text: 'inconclusive' },
  'now skipped': { mark: '–', style: 'dim', text: 'skipped' },
  fixed: { mark: '✓', style: 'green', text: 'passes' },
  'no longer deviates': { mark: '✓', style: 'green', text: 'passes' },
  'no longer skipped': { mark: '✓', style: 'green', text: 'ran' },
};

const WAS: Readonly<Record<Verdict, string>> = {
  pass: 'passed before',
  fail: 'failed before',
  deviation: 'deviated before',
  skipped: 'was skipped before',
  inconclusive: 'was inconclusive before',
};

function changeLines(checks: readonly VerdictChange[], wanted: ListedChange, paint: Paint): string[] {
  const { mark, style, text } = CHANGE_TEXTS[wanted];
  const own = checks.filter(({ change }) => change === wanted);
  const listed = own.slice(0, MOST_LISTED).flatMap(({ id, before, reason }) => {
    const was = before === undefined ? 'not in the first run' : WAS[before];
    const line = `  ${paint(style, mark)} ${printable(id)}: ${text}${wanted === 'still fails' ? '' : ` (${was})`}`;
    const why = reason === undefined || style === 'green' ? [] : [`      ${shortened(reason)}`];
    return [line, ...why];
  });
  const more = own.length - MOST_LISTED;
  return more > 0 ? [...listed, `  ${paint(style, mark)} and ${more} more`] : listed;
}

/** By family: a quick run has fewer checks than a default one. */
function onlyIn(checks: readonly VerdictChange[], wanted: Change, which: string, paint: Paint): string[] {
  const own = checks.filter(({ change }) => change === wanted);
  if (own.length === 0) return [];
  const families = FAMILIES.flatMap((family) => {
    const count = own.filter((check) => check.family === family).length;
    return count === 0 ? [] : [`${family} ${count}`];
  });
  return [`  ${paint('dim', '·')} ${counted(own.length, 'check')} only ${which}: ${families.join(', ')}`];
}

function sizeLines({ compared, changes }: Sizes, paint: Paint): string[] {
  if (compared === 0) return [];
  if (changes.length === 0) return [`sizes: the same to the byte in ${counted(compared, 'check')}`];
  return [
    `sizes: ${counted(changes.length, 'number')} of a message in ${counted(compared, 'check')} changed`,
    ...changes.slice(0, MOST_LISTED).map((change) => sizeLine(change, paint)),
    ...(changes.length > MOST_LISTED ? [`  ${paint('yellow', '≠')} and ${changes.length - MOST_LISTED} more`] : []),
  ];
}

function sizeLine({ id, what, before, after }: SizeChange, paint: Paint): string {
  return differs(`${id}: ${what} ${tidy(before)} → ${tidy(after)}`, paint);
}

function timingLines({ compared, changes }: Timings, paint: Paint): string[] {
  if (compared === 0) return [];
  const kinds = counted(compared, 'kind');
  if (changes.length === 0) return [`times of wills and expiries: no difference beyond their uncertainty (${kinds})`];
  return [
    `times of wills and expiries: ${changes.length} of ${kinds} differ beyond their uncertainty`,
    ...changes.map(({ what, before, after }) => differs(`${what}: ${spanText(before)} → ${spanText(after)}`, paint)),
  ];
}

function differs(text: string, paint: Paint): string {
  return `  ${paint('yellow', '≠')} ${printable(text)}`;
}

function spanText({ fromMs, toMs }: Span): string {
  return `${(fromMs / 1000).toFixed(2)} to ${(toMs / 1000).toFixed(2)} s`;
}

function tidy(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function shortened(text: string): string {
  const shown = printable(text).replaceAll('\n', ' ');
  return shown.length > LONGEST_REASON ? `${shown.slice(0, LONGEST_REASON)}…` : shown;
}

function counted(count: number, what: string, plural = `${what}s`): string {
  return `${count} ${count === 1 ? what : plural}`;
}

import { type Paint, printable, seconds } from '../../base/paint.ts';
import { isLeftOut } from '../../records/left-out.ts';
import { type CheckRecord, count, type Verdict } from '../../records/record.ts';
import { results } from '../../records/results.ts';
import { causesOf } from '../causes.ts';
import { failureLines } from './failures.ts';
import { measurementLines } from './measurements.ts';

/** More passed checks than this are summed up by family, so that the recap fits a screen. */
const MOST_LISTED = 12;
/** How many reasons of skipped checks and known deviations it lists, and how many checks of each. */
const MOST_REASONS = 6;
const MOST_EXAMPLES = 2;
/** Lines of a screen: measurements that would push failures off it are left out. */
const SCREEN = 45;

/** A run for a terminal: failures with expected, observed and advice, then each reason of deviations and skipped checks once, then measurements. */
export function recap(all: readonly CheckRecord[], paint: Paint, scope = 'default'): string[] {
  const records = all.filter((record) => !isLeftOut(record));
  const of = (wanted: Verdict) => records.filter(({ verdict }) => verdict === wanted);
  const causes = causesOf(records);
  const failures = causes.filter(([{ verdict }]) => verdict === 'fail');
  const explained = new Set(failures.flat());
  const passed = of('pass');
  const wide = Math.max(0, ...passed.map(({ id }) => id.length));
  const verdicts = [
    headline(records, paint, scope),
    ...failureLines(failures, paint),
    ...(passed.length > MOST_LISTED ? byFamily(passed, paint) : passed.map((record) => listed(record, wide, paint))),
  ];
  const explanations = [
    ...byReason(
      of('inconclusive').filter((record) => !explained.has(record)),
      paint('yellow', '?'),
      'inconclusive',
      paint,
    ),
    ...byReason(of('deviation'), paint('yellow', '≈'), 'known deviation', paint),
    ...byReason(of('skipped'), paint('dim', '–'), 'skipped', paint),
  ];
  const measured = measurementLines(records, paint);
  const isShort = verdicts.length + measured.length + explanations.length <= SCREEN;
  return [...verdicts, ...explanations, ...(isShort ? measured : [])];
}

function headline(records: readonly CheckRecord[], paint: Paint, scope: string): string {
  const { pass, fail, deviation, skipped, inconclusive } = count(records);
  const rights = records.filter(({ verdict, subject }) => verdict === 'skipped' && subject?.kind === 'right').length;
  const unshown = rights === 0 ? '' : rights === 1 ? ' (1 right not observable)' : ` (${rights} rights not observable)`;
  const words = [
    `${pass} passed`,
    ...(fail > 0 ? [paint('red', `${fail} failed`)] : []),
    ...(inconclusive > 0 ? [paint('yellow', `${inconclusive} inconclusive`)] : []),
    ...(deviation > 0 ? [counted(deviation, 'known deviation')] : []),
    ...(skipped > 0 ? [`${skipped} skipped${unshown}`] : []),
  ];
  const from = Math.min(...records.map(({ startedAt }) => startedAt));
  const to = Math.max(...records.map(({ startedAt, durationMs }) => startedAt + durationMs));
  const took = records.length === 0 ? '' : ` in ${seconds(to - from)}`;
  const mark = results(records).verdict === 'pass' ? paint('green', '✓') : paint('red', '✗');
  const which = scope === 'default' ? '' : ` (${scope})`;
  const nothing = fail === 0 && pass + deviation === 0 ? `; ${paint('red', 'no check had a result')}` : '';
  const checks = records.length === 1 ? 'check' : 'checks';
  return `${mark} ${records.length} ${checks}${which}${took}: ${words.join(', ')}${nothing}`;
}

function listed({ id, durationMs }: CheckRecord, wide: number, paint: Paint): string {
  return `  ${paint('green', '✓')} ${id.padEnd(wide)}  ${seconds(durationMs)}`;
}

function byFamily(passed: readonly CheckRecord[], paint: Paint): string[] {
  const families = [...new Set(passed.map(({ family }) => family))];
  return families.map((family) => {
    const own = passed.filter((record) => record.family === family);
    const longest = Math.max(...own.map(({ durationMs }) => durationMs));
    return `  ${paint('green', '✓')} ${family.padEnd(9)} ${String(own.length).padStart(3)} passed, the longest took ${seconds(longest)}`;
  });
}

/** One line per reason, the most frequent first: how many checks have it, and some of their ids. */
function byReason(records: readonly CheckRecord[], mark: string, what: string, paint: Paint): string[] {
  const reasons = [...new Set(records.map(reasonOf))];
  const groups = reasons
    .map((reason) => ({ reason, own: records.filter((record) => reasonOf(record) === reason) }))
    .sort((one, other) => other.own.length - one.own.length);
  const lines = groups.slice(0, MOST_REASONS).map(({ reason, own }) => {
    const more = own.length > MOST_EXAMPLES ? ', …' : '';
    const examples = own.slice(0, MOST_EXAMPLES).map(({ id }) => id);
    const ids = paint('dim', `(${examples.join(', ')}${more})`);
    return `  ${mark} ${counted(own.length, what)}: ${printable(reason)} ${ids}`;
  });
  const rest = groups.slice(MOST_REASONS).reduce((sum, { own }) => sum + own.length, 0);
  return rest > 0 ? [...lines, `  ${mark} ${counted(rest, what)} for other reasons`] : lines;
}

function reasonOf({ reason = 'no reason given' }: CheckRecord): string {
  return reason;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count !== 1 && what.endsWith('deviation') ? 's' : ''}`;
}

import { type Paint, printable } from '../../base/paint.ts';
import { type LatencyChange, type QuantileChange, RELEVANT } from './latency.ts';

type Tested = Extract<LatencyChange, { kind: 'tested' }>;

/** Each series in a line or two: what was measured, and which difference was shown. */
export function latencyLines(changes: readonly LatencyChange[], paint: Paint): string[] {
  const tested = changes.flatMap((change) => (change.kind === 'tested' ? [change] : []));
  const untested = changes.flatMap((change) => (change.kind === 'not tested' ? [change] : []));
  const left = untested.map(
    ({ id, reason }) => `  ${paint('dim', '–')} ${printable(`${nameOf(id)}: not compared: ${reason}`)}`,
  );
  if (tested.length === 0) return left.length === 0 ? [] : ['latency: not compared', ...left];
  const wide = Math.max(...tested.map(({ id }) => nameOf(id).length));
  return [
    'latency of a message, in µs (differences with 95 % for all of them together)',
    ...tested.flatMap((change) => seriesLines(change, wide, paint)),
    ...left,
    ...caution(tested),
  ];
}

function seriesLines({ id, quantiles, superiority }: Tested, wide: number, paint: Paint): string[] {
  const shown = quantiles.filter(({ verdict }) => verdict !== 'none shown');
  const numbers = quantiles.map(({ name, beforeUs, afterUs }) => `${name} ${rounded(beforeUs)} → ${rounded(afterUs)}`);
  const mark = paint(shown.some(({ isRelevant }) => isRelevant) ? 'yellow' : 'dim', shown.length > 0 ? '≠' : '=');
  const none = shown.length === 0 ? '  no difference shown' : '';
  return [
    `  ${mark} ${printable(nameOf(id)).padEnd(wide)}  ${numbers.join('  ')}${none}`,
    ...shown.map((change) => `      ${differenceText(change, superiority)}`),
  ];
}

function differenceText(change: QuantileChange, superiority: number): string {
  const { name, verdict, isRelevant, drifts } = change;
  const remarks = [
    ...(name === 'p50' ? [`in ${Math.round(slowerShare(verdict, superiority) * 100)} % of pairs`] : []),
    ...(isRelevant ? [] : ['small']),
    ...(drifts ? ['drifted, so less sure'] : []),
  ];
  return `${name} ${verdict} by ${reach(change)}${remarks.length === 0 ? '' : `; ${remarks.join('; ')}`}`;
}

function slowerShare(verdict: QuantileChange['verdict'], superiority: number): number {
  return verdict === 'faster' ? 1 - superiority : superiority;
}

/** `62 to 98 µs (15 to 24 %)`: the interval's part on the side of what was shown. */
function reach({ verdict, fromUs, toUs, beforeUs }: QuantileChange): string {
  const [near, far] = verdict === 'slower' ? [fromUs, toUs] : [negative(toUs), negative(fromUs)];
  const least = Math.max(0, near ?? 0);
  // a clock's error may be more than what it measured
  const percent = (us: number) => (beforeUs > 0 ? Math.round((us / beforeUs) * 100) : '?');
  // no message takes less than no time
  const most = verdict === 'faster' ? Math.min(far ?? beforeUs, Math.max(beforeUs, least)) : far;
  if (most === null) return `at least ${rounded(least)} (${percent(least)} %)`;
  return `${rounded(least)} to ${rounded(most)} (${percent(least)} to ${percent(most)} %)`;
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

/** What such a comparison can't tell. */
function caution(tested: readonly Tested[]): string[] {
  const late = (which: 0 | 1) => Math.max(...tested.map(({ timersLateUs }) => timersLateUs[which] ?? 0));
  const timers = [late(0), late(1)].map((us) => (us / 1000).toFixed(1));
  const isShown = tested.some(({ quantiles }) => quantiles.some(({ verdict }) => verdict !== 'none shown'));
  return [
    `  "no difference shown" is not "equal"; "small" is below ${RELEVANT.percent} % or ${RELEVANT.us} µs`,
    ...(isShown
      ? [
          '  a busier machine is a difference, too: whether it comes from a change is told',
          `  by more runs of each; timers here were late by ${timers.join(', then ')} ms (p99)`,
        ]
      : []),
  ];
}

/** `q0.nodelay.pi` of `qos.latency.q0.nodelay.pi`. */
function nameOf(id: string): string {
  return id.replace(/^qos\.latency\./, '');
}

function rounded(us: number): string {
  return String(Math.round(us));
}

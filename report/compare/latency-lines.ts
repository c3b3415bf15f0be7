import { type Paint, printable } from '../../base/paint.ts';
import { excessesOf, type LatencyChange, type QuantileChange } from './latency.ts';

const NOISE = [
  '  two runs of an unchanged lab can differ by a third and more where the machine does other work:',
  '  repeat both runs before you blame a change',
];

/** Each series in a line: median and p99 of both runs, and by how much they changed. */
export function latencyLines(changes: readonly LatencyChange[], maxSlower: number | undefined, paint: Paint): string[] {
  if (changes.length === 0) return [];
  const wide = Math.max(...changes.map(({ name }) => name.length));
  const lines = changes.map((change) => {
    const name = printable(change.name);
    if (change.kind === 'not compared') return `  ${paint('dim', '–')} ${name}: not compared: ${change.reason}`;
    const isSlower = maxSlower !== undefined && excessesOf(change, maxSlower).length > 0;
    const mark = isSlower ? paint('red', '✗') : paint('dim', '·');
    return `  ${mark} ${name.padEnd(wide)}  ${change.quantiles.map(quantileText).join('   ')}`.trimEnd();
  });
  return ['latency in ms, before → after', ...lines, ...NOISE];
}

/** `median 0.31 → 0.42 (+35 %)`. */
function quantileText({ name, beforeUs, afterUs, percent }: QuantileChange): string {
  return `${name} ${milliseconds(beforeUs)} → ${milliseconds(afterUs)}${percent === null ? '' : ` (${signed(percent)} %)`}`;
}

function signed(percent: number): string {
  const rounded = Math.round(percent);
  return `${rounded < 0 ? '−' : '+'}${Math.abs(rounded)}`;
}

function milliseconds(us: number): string {
  return (us / 1000).toFixed(us < 9_950 ? 2 : 1);
}

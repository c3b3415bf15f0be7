/** Milliseconds as a span: `33–48 ms`, `11.9–12.3 s`, `10 ms–1.5 s`, or one value where both ends round to it. */
export function spanText(times: readonly number[]): string {
  const [from, to] = [rounded(Math.min(...times)), rounded(Math.max(...times))];
  if (from.unit !== to.unit) return `${from.text} ${from.unit}–${to.text} ${to.unit}`;
  return `${from.text === to.text ? from.text : `${from.text}–${to.text}`} ${from.unit}`;
}

function rounded(ms: number): { readonly text: string; readonly unit: string } {
  return ms < 999.5 ? { text: String(Math.round(ms)), unit: 'ms' } : { text: (ms / 1000).toFixed(1), unit: 's' };
}

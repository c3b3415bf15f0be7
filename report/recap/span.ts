/** `33–48 ms`, `11.9–12.3 s`, `10 ms–1.5 s`; where the ends read alike, one of them. Milliseconds in; some. */
export function spanText(times: readonly number[]): string {
  const [from, to] = [told(Math.min(...times)), told(Math.max(...times))];
  if (from.unit !== to.unit) return `${from.text} ${from.unit}–${to.text} ${to.unit}`;
  return `${from.text === to.text ? from.text : `${from.text}–${to.text}`} ${from.unit}`;
}

function told(ms: number): { readonly text: string; readonly unit: string } {
  return ms < 999.5 ? { text: String(Math.round(ms)), unit: 'ms' } : { text: (ms / 1000).toFixed(1), unit: 's' };
}

/** `33–48 ms`, `11.9–12.3 s`; where the ends read alike, one of them. Milliseconds in; some. */
export function spanText(times: readonly number[]): string {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const isShort = most < 1_000;
  const [from, to] = [least, most].map((ms) => (isShort ? String(Math.round(ms)) : (ms / 1000).toFixed(1)));
  return `${from === to ? from : `${from}–${to}`} ${isShort ? 'ms' : 's'}`;
}

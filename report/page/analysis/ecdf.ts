/** A point of an empirical distribution: `share` of the messages took at most `ms`. */
export type EcdfPoint = { readonly ms: number; readonly share: number };

/** A plot cannot show finer steps; the tail has all its points. */
const STEP = 0.005;
const TAIL = 0.98;

/** The distribution of latencies in microseconds, thinned for a plot. */
export function ecdf(latenciesUs: readonly number[]): EcdfPoint[] {
  const sorted = [...latenciesUs].sort((one, other) => one - other);
  let last = Number.NEGATIVE_INFINITY;
  return sorted.flatMap((us, index) => {
    const share = (index + 1) / sorted.length;
    const isFirst = index === 0;
    if (!isFirst && share < TAIL && share - last < STEP) return [];
    last = share;
    return [{ ms: us / 1000, share }];
  });
}

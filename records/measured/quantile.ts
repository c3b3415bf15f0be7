/** The quantile of type 1 of Hyndman and Fan (1996), which is always one of the values. `share` is from 0 to 1; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

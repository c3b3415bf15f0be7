/**
 * The smallest of the values that at least this share of them does not exceed: quantile type 1 of Hyndman and Fan (1996), always one that was
 * measured. `share` is from 0 to 1; NaN without values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The p-values of several tests, in their order, adjusted so that the chance of any false alarm is kept (S. Holm, Scand. J. Statist. 6, 1979). */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((one, other) => one.p - other.p);
  const adjusted = ps.map(() => 1);
  let least = 0;
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (ps.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}

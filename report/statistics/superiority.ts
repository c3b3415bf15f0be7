/**
 * Of all pairs of a value from each group, the share in which the second group's is greater, ties counted half: 0.5 where neither is. Both ascending.
 * It is U / (n·m) of Mann and Whitney, Ann. Math. Statist. 18, 1947.
 */
export function superiority(before: readonly number[], after: readonly number[]): number {
  let pairs = 0;
  let below = 0;
  let upTo = 0;
  for (const value of after) {
    while (below < before.length && (before[below] ?? 0) < value) below += 1;
    while (upTo < before.length && (before[upTo] ?? 0) <= value) upTo += 1;
    pairs += below + (upTo - below) / 2;
  }
  return pairs / (before.length * after.length);
}

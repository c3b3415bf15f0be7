import { mean } from './welch.ts';

/**
 * The share of the values above `threshold`, those that are equal to it half, in each of `count` stretches of equal length; what does not fill a
 * stretch at the end is left out.
 */
export function sharesAbove(values: readonly number[], threshold: number, count: number): number[] {
  const length = Math.floor(values.length / count);
  return Array.from({ length: count }, (_, block) => {
    let above = 0;
    for (const value of values.slice(block * length, (block + 1) * length))
      above += value > threshold ? 1 : value === threshold ? 0.5 : 0;
    return above / length;
  });
}

/** How alike neighbours are: the autocorrelation at lag 1; 0 where all values are the same. */
export function neighbourly(values: readonly number[]): number {
  const middle = mean(values);
  let products = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    squares += (value - middle) ** 2;
    if (index > 0) products += (value - middle) * ((values[index - 1] ?? middle) - middle);
  }
  return squares === 0 ? 0 : products / squares;
}

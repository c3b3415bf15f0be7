import { studentTails } from './student-t.ts';

/** `t` is positive where the second mean is the greater one; `p` is two-sided. */
export type Welch = { readonly t: number; readonly df: number; readonly p: number };

/** Whether two groups have the same mean, their variances being what they may (B. L. Welch, Biometrika 34, 1947); two values each at least. */
export function welch(before: readonly number[], after: readonly number[]): Welch {
  const one = squaredError(before);
  const other = squaredError(after);
  const difference = mean(after) - mean(before);
  const sum = one + other;
  if (sum === 0) {
    const t = difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY;
    return { t, df: before.length + after.length - 2, p: difference === 0 ? 1 : 0 };
  }
  const t = difference / Math.sqrt(sum);
  const df = sum ** 2 / (one ** 2 / (before.length - 1) + other ** 2 / (after.length - 1));
  return { t, df, p: studentTails(t, df) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean. */
function squaredError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

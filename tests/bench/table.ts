/** The most that a figure may be, or the least. */
export type Target = { readonly most: number } | { readonly least: number };

export type Row = {
  readonly name: string;
  readonly median: number;
  readonly unit: 's' | 'ms' | 'MB' | '×';
  /** Undefined for a figure without a target. */
  readonly target?: Target;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function isMet({ median: value, target }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return 'most' in target ? value <= target.most : value >= target.least;
}

/** The rows as lines of a table. */
export function tableLines(rows: readonly Row[], rounds: number): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const shown = (value: number, unit: Row['unit']) => `${value.toFixed(unit === 'MB' ? 0 : 2)} ${unit}`;
  const bound = (target: Target, unit: Row['unit']) =>
    'most' in target ? `≤ ${shown(target.most, unit)}` : `≥ ${shown(target.least, unit)}`;
  const lines = rows.map((row) => {
    const promise =
      row.target === undefined ? '' : `  ${bound(row.target, row.unit).padEnd(10)} ${isMet(row) ? 'met' : 'MISSED'}`;
    return `${row.name.padEnd(width)}  ${shown(row.median, row.unit).padStart(9)}${promise}`;
  });
  return [`medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`, ...lines];
}

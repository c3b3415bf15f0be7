import type { Peak } from './memory.ts';

/** What one round measured: seconds, and MB for the peaks. */
export type Round = {
  readonly plain: number;
  readonly cold: number;
  readonly second: number;
  readonly secondVerified: number;
  readonly quick: number;
  /** The longest that MQTT made a check wait in the same run: a keep-alive expiry. */
  readonly quickLongestWait: number;
  /** The default run, its longest wait, and the sum of its waits, which go on side by side. */
  readonly verify: number;
  readonly longestWait: number;
  readonly waits: number;
  readonly upPeak: Peak;
  readonly quickPeak: Peak;
  readonly verifyPeak: Peak;
};

export type Row = {
  readonly name: string;
  readonly median: number;
  readonly unit: 's' | 'MB' | '×';
  /** The most that it may be; undefined where nothing was promised. */
  readonly target?: number;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Medians of the rounds; ratios and differences are taken within each round. */
export function rowsOf(rounds: readonly Round[]): Row[] {
  const of = (value: (round: Round) => number) => median(rounds.map(value));
  return [
    { name: 'plain ssh + apt, from no container', median: of(({ plain }) => plain), unit: 's' },
    { name: 'cold up, from no container', median: of(({ cold }) => cold), unit: 's' },
    { name: '  cold up / plain', median: of(({ cold, plain }) => cold / plain), unit: '×', target: 1.25 },
    { name: 'second up --no-verify', median: of(({ second }) => second), unit: 's', target: 1 },
    { name: 'second up', median: of(({ secondVerified }) => secondVerified), unit: 's' },
    { name: 'verify --quick', median: of(({ quick }) => quick), unit: 's' },
    { name: '  longest wait that MQTT imposes', median: of(({ quickLongestWait }) => quickLongestWait), unit: 's' },
    {
      name: '  verify --quick beyond it',
      median: of(({ quick, quickLongestWait }) => quick - quickLongestWait),
      unit: 's',
      target: 2,
    },
    { name: 'verify', median: of(({ verify }) => verify), unit: 's', target: 60 },
    { name: '  sum of the waits that MQTT imposes', median: of(({ waits }) => waits), unit: 's' },
    { name: '  longest wait that MQTT imposes', median: of(({ longestWait }) => longestWait), unit: 's' },
    { name: '  verify beyond it', median: of(({ verify, longestWait }) => verify - longestWait), unit: 's', target: 3 },
    { name: 'memory of up, largest process', median: of(({ upPeak }) => upPeak.process), unit: 'MB', target: 200 },
    { name: 'memory of up, all processes', median: of(({ upPeak }) => upPeak.tree), unit: 'MB', target: 200 },
    {
      name: 'memory of verify --quick, all processes',
      median: of(({ quickPeak }) => quickPeak.tree),
      unit: 'MB',
      target: 200,
    },
    {
      name: 'memory of verify, largest process',
      median: of(({ verifyPeak }) => verifyPeak.process),
      unit: 'MB',
      target: 200,
    },
    {
      name: 'memory of verify, all processes',
      median: of(({ verifyPeak }) => verifyPeak.tree),
      unit: 'MB',
      target: 200,
    },
  ];
}

export function isMet({ median: value, target }: Row): boolean | undefined {
  return target === undefined ? undefined : value <= target;
}

/** The rows as lines of a table. */
export function tableLines(rows: readonly Row[], rounds: number): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const shown = (value: number, unit: Row['unit']) => `${value.toFixed(unit === 'MB' ? 0 : 2)} ${unit}`;
  const lines = rows.map((row) => {
    const promise =
      row.target === undefined
        ? ''
        : `  ${`≤ ${shown(row.target, row.unit)}`.padEnd(10)} ${isMet(row) ? 'met' : 'MISSED'}`;
    return `${row.name.padEnd(width)}  ${shown(row.median, row.unit).padStart(9)}${promise}`;
  });
  return [`medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`, ...lines];
}

import type { Bench } from './bench.ts';
import { median, type Row } from './table.ts';

/** A measurement of each round, and its rows in the table. */
export type Part = {
  /** For `--only`. */
  readonly name: string;
  /** `round` counts from 1. */
  readonly measure: (bench: Bench, round: number) => Promise<void>;
  readonly rows: () => readonly Row[];
  /** Each round's figures. */
  readonly rounds: readonly object[];
};

/** The median of a figure over the rounds; a ratio is taken within each round. */
export type Of<Round> = (figure: (round: Round) => number) => number;

export function partOf<Round extends object>(
  name: string,
  measure: (bench: Bench, round: number) => Promise<Round>,
  rowsOf: (of: Of<Round>) => readonly Row[],
): Part {
  const rounds: Round[] = [];
  return {
    name,
    rounds,
    async measure(bench, round) {
      rounds.push(await measure(bench, round));
    },
    rows: () => rowsOf(overAll(rounds)),
  };
}

export function overAll<Round>(rounds: readonly Round[]): Of<Round> {
  return (figure) => median(rounds.map(figure));
}

import { counted } from '../format.ts';
import type { Cause, WillRow } from './will-rows.ts';
import { spanText } from './will-words.ts';

/** A last will that is due at once comes within this, in milliseconds, also on a busy machine. */
const AT_ONCE_MS = 3_000;

/** The rows of some causes that have a verdict. */
export function of(rows: readonly WillRow[], ...causes: readonly Cause[]): WillRow[] {
  return rows.filter(({ cause, record }) => causes.includes(cause) && record.verdict !== 'skipped');
}

export function records(rows: readonly WillRow[]): WillRow['record'][] {
  return rows.map(({ record }) => record);
}

export function isNotAtOnce({ wills, willAfterMs = 0 }: WillRow): boolean {
  return wills !== 1 || willAfterMs > AT_ONCE_MS;
}

/** `after 20 ms to 110 ms`. */
export function when(rows: readonly WillRow[]): string {
  return spanText(rows.map(({ willAfterMs }) => willAfterMs)) ?? 'in time';
}

export function fraction(some: readonly unknown[], all: readonly unknown[]): string {
  return `${some.length} of ${counted(all.length, 'check')}`;
}

/** `FIN 3 times, RST once`. */
export function tally(words: readonly string[]): string {
  const names = [...new Set(words)];
  return names
    .map((name) => {
      const times = words.filter((word) => word === name).length;
      return `${name} ${times === 1 ? 'once' : `${times} times`}`;
    })
    .join(', ');
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { stripVTControlCharacters } from 'node:util';

export type Tally = { readonly passed: number; readonly failed: number };

export function sum(tallies: readonly Tally[]): Tally {
  const add = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: add('passed'), failed: add('failed') };
}

/**
 * Counts the tests in AVA's lines as they come: `  ✔ file › title (1.2s)`, `  ✘ [fail]: file › title Error`. A run that AVA calls failed
 * without a failed test (a file that does not load, a crash, a time-out) counts as one failure.
 */
export function tallyAva(): { take(line: string): void; end(exitCode: number): Tally } {
  let passed = 0;
  let failed = 0;
  return {
    take(line) {
      const text = stripVTControlCharacters(line);
      if (/^ {2}✔ /.test(text)) passed += 1;
      if (/^ {2}✘ \[fail\]: /.test(text)) failed += 1;
    },
    end: (exitCode) => ({ passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed }),
  };
}

import { InvalidArgumentError } from 'commander';

const MOST_RUNS = 100_000;

/** Argument of `--repeat`. */
export function runCount(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= MOST_RUNS)) {
    throw new InvalidArgumentError(`a whole number from 1 to ${MOST_RUNS} is needed`);
  }
  return value;
}

/** setTimeout takes 2³¹ ms at most and fires at once beyond that. */
const LONGEST_S = 86_400;

/** Argument of `--timeout`. */
export function boundSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= LONGEST_S)) {
    throw new InvalidArgumentError(`a number of seconds above 0 and at most ${LONGEST_S} (a day) is needed`);
  }
  return value;
}

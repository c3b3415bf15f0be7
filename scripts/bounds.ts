import { InvalidArgumentError } from 'commander';
import { InputError } from '../base/errors.ts';
import { MOST_SEED } from '../checks/run/seed.ts';
import { labName } from '../lab-file/forms.ts';
import type { Lab } from '../lab-file/lab.ts';

const MOST_RUNS = 100_000;

/** Argument of `--repeat`. */
export function runCount(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= MOST_RUNS)) {
    throw new InvalidArgumentError(`it must be a whole number from 1 to ${MOST_RUNS}`);
  }
  return value;
}

/** Argument of `--seed`. */
export function seedNumber(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= MOST_SEED)) {
    throw new InvalidArgumentError(`it must be a whole number from 0 to ${MOST_SEED}`);
  }
  return value;
}

/** setTimeout fires at once for more than 2³¹ ms. */
const LONGEST_S = 86_400;

/** Argument of `--timeout`. */
export function boundSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= LONGEST_S)) {
    throw new InvalidArgumentError(`it must be a number of seconds above 0 and at most ${LONGEST_S} (a day)`);
  }
  return value;
}

/** Argument of `--only`, where it names hosts. */
export function hostNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

/** Argument of a command that takes a lab by its name. */
export function labNameOf(text: string): string {
  const { success, error } = labName.safeParse(text);
  if (!success) throw new InvalidArgumentError(error.issues.map(({ message }) => message).join(', '));
  return text;
}

/** Throws an InputError where `--only` names a host that the lab file does not have. */
export function checkHostNames(lab: Lab, names: readonly string[] | undefined): void {
  const known = [...(lab.broker.host.kind === 'external' ? [] : ['broker']), ...lab.pis.map(({ name }) => name)];
  const mistakes = (names ?? []).flatMap((name) =>
    known.includes(name) ? [] : [`--only ${name}: the lab has no such host; choose from ${known.join(', ')}`],
  );
  if (mistakes.length > 0) throw new InputError(mistakes);
}

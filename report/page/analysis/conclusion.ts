import type { CheckRecord } from '../../../records/record.ts';

/** Whether a measurement confirms the theory, contradicts it, or is inconclusive. */
export type Outcome = 'confirmed' | 'contradicted' | 'inconclusive';

/** A sentence of the page, chosen by what was measured, with the checks that it rests on. */
export type Conclusion = {
  readonly outcome: Outcome;
  readonly text: string;
  readonly checks: readonly CheckRecord['id'][];
};

export function confirmed(text: string, checks: readonly CheckRecord[] = []): Conclusion {
  return { outcome: 'confirmed', text, checks: checks.map(({ id }) => id) };
}

export function contradicted(text: string, checks: readonly CheckRecord[] = []): Conclusion {
  return { outcome: 'contradicted', text, checks: checks.map(({ id }) => id) };
}

export function inconclusive(text: string, checks: readonly CheckRecord[] = []): Conclusion {
  return { outcome: 'inconclusive', text, checks: checks.map(({ id }) => id) };
}

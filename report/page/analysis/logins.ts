import { loginSchema } from '../../../records/measured/login.ts';
import { recordsAbout } from '../../../records/measurements.ts';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { LOGIN_ATTEMPTS } from '../../../records/subject.ts';
import { worstOf } from '../groups.ts';

/** Logins of one kind: how many were accepted, and how many should have been. */
export type LoginRow = {
  readonly kind: string;
  readonly tried: number;
  readonly accepted: number;
  readonly expected: number;
  readonly verdict: Verdict;
  readonly checks: readonly CheckRecord[];
};

const KINDS: Readonly<Record<(typeof LOGIN_ATTEMPTS)[number], string>> = {
  accepted: 'the right password',
  'wrong-password': 'a wrong password',
  'no-password': 'no password',
  'unknown-user': 'a user name that is not in the lab file',
  anonymous: 'no user name',
};

/** One row per kind that has checks. */
export function loginRows({ checks: all }: Pick<Results, 'checks'>): LoginRow[] {
  const logins = recordsAbout(all, 'login');
  return LOGIN_ATTEMPTS.flatMap((attempt) => {
    const checks = logins.flatMap(({ record, subject }) => (subject.attempt === attempt ? [record] : []));
    if (checks.length === 0) return [];
    const accepted = checks.filter(({ observed }) => isAccepted(observed)).length;
    const expected = checks.filter((record) => isAccepted(record.expected)).length;
    return [{ kind: KINDS[attempt], tried: checks.length, accepted, expected, verdict: worstOf(checks), checks }];
  });
}

function isAccepted(value: unknown): boolean {
  return loginSchema.safeParse(value).data?.accepted === true;
}

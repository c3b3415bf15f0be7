import { z } from 'zod';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { worstOf } from '../groups.ts';
import { checksOf } from '../measured.ts';

/** Attempts to log in of one kind: how many were let in, and how many should have been. */
export type LoginRow = {
  readonly kind: string;
  readonly tried: number;
  readonly letIn: number;
  readonly wantedIn: number;
  readonly verdict: Verdict;
  readonly checks: readonly CheckRecord[];
};

const KINDS: Readonly<Record<string, string>> = {
  accepted: 'the right password',
  'wrong-password': 'a wrong password',
  'no-password': 'no password',
  'unknown-user': 'a user that is not in the lab file',
  anonymous: 'no user name',
};

/** Return code of CONNACK where the client tells it, or else its bytes, of which the last is the code over 3.1.1 and the fourth over 5. */
const codeSchema = z.union([
  z.looseObject({ code: z.number() }).transform(({ code }) => code),
  z.looseObject({ answer: z.string().regex(/^20( [0-9a-f]{2}){3}/) }).transform(({ answer }) => {
    return Number.parseInt(answer.split(' ')[3] ?? '', 16);
  }),
]);

/** A row a kind of attempt that a check made, in the order of `KINDS`. */
export function loginRows(results: Pick<Results, 'checks'>): LoginRow[] {
  return Object.entries(KINDS).flatMap(([word, kind]) => {
    const checks = checksOf(results, `auth.${word}`);
    if (checks.length === 0) return [];
    const codes = checks.map(({ observed }) => codeSchema.safeParse(observed).data);
    const wanted = checks.map(({ expected }) => codeSchema.safeParse(expected).data);
    const letIn = codes.filter((code) => code === 0).length;
    const wantedIn = wanted.filter((code) => code === 0).length;
    return [{ kind, tried: checks.length, letIn, wantedIn, verdict: worstOf(checks), checks }];
  });
}

import { z } from 'zod';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { groupsOf, worstOf } from '../groups.ts';
import { checksOf } from '../measured.ts';

/** What a user may do with a topic, as the matrix has it; `acl.<action>.<topic>.<user>.…` are its checks. */
export const ACTIONS = ['publish', 'retain-set', 'retain-clear', 'subscribe', 'will'] as const;
export type Action = (typeof ACTIONS)[number];

/** What of a right the lab file wants and the broker showed: of `tried` attempts `done` took effect. */
export type RightCell = {
  readonly action: Action;
  readonly user: string;
  readonly topic: string;
  readonly wanted: boolean;
  readonly tried: number;
  readonly done: number;
  /** The worst of its checks. */
  readonly verdict: Verdict;
  readonly checks: readonly CheckRecord[];
};

/** What took effect, in the words of each kind of check. */
const effectSchema = z.union([
  z.looseObject({ delivered: z.boolean(), changed: z.undefined().optional() }).transform(({ delivered }) => delivered),
  z.looseObject({ changed: z.boolean() }).transform(({ changed }) => changed),
  z.looseObject({ copies: z.number() }).transform(({ copies }) => copies > 0),
]);

/** A cell a user, topic and action that a check is about, in the order of the records. */
export function rightCells(results: Pick<Results, 'checks'>): RightCell[] {
  return ACTIONS.flatMap((action) => {
    const groups = groupsOf(checksOf(results, `acl.${action}`), ({ id }) => id.split('.').slice(2, 4).join('.'));
    return groups.flatMap((checks) => {
      const [, , topic, user] = checks[0].id.split('.').map(decodeURIComponent);
      const wants = checks.flatMap(({ expected }) => effectOf(expected) ?? []);
      const seen = checks.flatMap(({ observed }) => effectOf(observed) ?? []);
      const [wanted] = wants;
      if (topic === undefined || user === undefined || wanted === undefined) return [];
      const done = seen.filter(Boolean).length;
      return [{ action, user, topic, wanted, tried: seen.length, done, verdict: worstOf(checks), checks }];
    });
  });
}

function effectOf(value: unknown): boolean | undefined {
  return effectSchema.safeParse(value).data;
}

/** `may` as wanted, and what was seen: `did` tells how often it took effect. */
export function cellText({ wanted, tried, done }: Pick<RightCell, 'wanted' | 'tried' | 'done'>): string {
  const want = wanted ? 'may' : 'may not';
  if (tried === 0) return `${want}; not seen`;
  return `${want}; did ${done} of ${tried} times`;
}

/** A right that a user has without the lab file giving it: seen, and told as a known deviation. */
export type Widened = {
  readonly user: string;
  readonly topic: string;
  readonly action: Action;
  /** The right that brings it along, where the lab file gives that. */
  readonly by: Action | undefined;
  readonly reason: string;
  readonly check: CheckRecord;
};

/** A write that comes with a last will's, or a will that comes with a write (Mosquitto has one permission for both). */
export function widenedRights(cells: readonly RightCell[]): Widened[] {
  return cells.flatMap((cell) => {
    const { user, topic, action, wanted, done, checks } = cell;
    const check = checks.find(({ verdict }) => verdict === 'deviation');
    if (wanted || done === 0 || check === undefined) return [];
    const given = cells.find(
      (other) => other.user === user && other.topic === topic && other.wanted && other.action === partnerOf(action),
    );
    return [{ user, topic, action, by: given?.action, reason: check.reason ?? 'no reason given', check }];
  });
}

function partnerOf(action: Action): Action {
  return action === 'will' ? 'publish' : 'will';
}

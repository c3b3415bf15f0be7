import { rightSchema } from '../../../records/measured/right.ts';
import { recordsAbout } from '../../../records/measurements.ts';
import type { CheckRecord, Verdict } from '../../../records/record.ts';
import type { Results } from '../../../records/results.ts';
import { RIGHTS } from '../../../records/subject.ts';
import { groupsOf, worstOf } from '../groups.ts';

export type Right = (typeof RIGHTS)[number];

/** A right by the lab file and by what happened: of `tried` attempts `succeeded` took effect. */
export type RightCell = {
  readonly right: Right;
  readonly user: string;
  readonly topic: string;
  /** Whether the lab file gives it. */
  readonly isGiven: boolean;
  readonly tried: number;
  readonly succeeded: number;
  /** The worst of its checks. */
  readonly verdict: Verdict;
  readonly checks: readonly CheckRecord[];
};

/** One cell per user, topic and right, in the order of the records. */
export function rightCells({ checks: all }: Pick<Results, 'checks'>): RightCell[] {
  const records = recordsAbout(all, 'right');
  return RIGHTS.flatMap((right) => {
    const own = records.filter(({ subject }) => subject.right === right);
    const groups = groupsOf(own, ({ subject: { user, topic } }) => JSON.stringify([user, topic]));
    return groups.flatMap((group) => {
      const { user, topic } = group[0].subject;
      const checks = group.map(({ record }) => record);
      const [isGiven] = checks.flatMap(({ expected }) => tookEffect(expected) ?? []);
      const seen = checks.flatMap(({ observed }) => tookEffect(observed) ?? []);
      if (isGiven === undefined) return [];
      const succeeded = seen.filter(Boolean).length;
      return [{ right, user, topic, isGiven, tried: seen.length, succeeded, verdict: worstOf(checks), checks }];
    });
  });
}

function tookEffect(value: unknown): boolean | undefined {
  return rightSchema.safeParse(value).data?.tookEffect;
}

/** The rights of a user on a topic. */
export type RightPair = readonly [RightCell, ...RightCell[]];

/** Of a large lab's pairs of user and topic the table shows the most telling, and sums up the others. */
export type RightPairs = { readonly listed: readonly RightPair[]; readonly others: readonly RightPair[] };

const WORST: readonly Verdict[] = ['fail', 'inconclusive'];

/** All pairs, or of more than `most` the first that have a failure, a right or a deviation. */
export function rightPairs(cells: readonly RightCell[], most: number): RightPairs {
  const pairs = groupsOf(cells, ({ user, topic }) => JSON.stringify([user, topic]));
  if (pairs.length <= most) return { listed: pairs, others: [] };
  const isBad = (pair: RightPair) => pair.some(({ verdict }) => WORST.includes(verdict));
  const isTelling = (pair: RightPair) => pair.some(({ isGiven, verdict }) => isGiven || verdict === 'deviation');
  const telling = [...pairs.filter(isBad), ...pairs.filter((pair) => !isBad(pair) && isTelling(pair))];
  const listed = telling.slice(0, most);
  const known = new Set(listed);
  return { listed, others: pairs.filter((pair) => !known.has(pair)) };
}

/** The cells of a right as one: how many attempts were tried, how many succeeded, and the worst verdict. */
export function summed(cells: readonly RightCell[]): Pick<RightCell, 'tried' | 'succeeded' | 'verdict'> {
  return {
    tried: cells.reduce((sum, { tried }) => sum + tried, 0),
    succeeded: cells.reduce((sum, { succeeded }) => sum + succeeded, 0),
    verdict: worstOf(cells),
  };
}

/** `allowed: 6 of 6 attempts succeeded`. */
export function cellText({ isGiven, tried, succeeded }: Pick<RightCell, 'isGiven' | 'tried' | 'succeeded'>): string {
  const given = isGiven ? 'allowed' : 'denied';
  if (tried === 0) return `${given}; not observed`;
  return `${given}: ${succeeded} of ${tried} succeeded`;
}

/** A right that a user has although the lab file does not give it: observed, and known as a deviation. */
export type Widened = {
  readonly user: string;
  readonly topic: string;
  readonly right: Right;
  /** The right in the lab file that implies it, if any. */
  readonly by: Right | undefined;
  readonly reason: string;
  readonly check: CheckRecord;
};

/** Publishing that comes with a last will, or a last will that comes with publishing: Mosquitto has one permission for both. */
export function widenedRights(cells: readonly RightCell[]): Widened[] {
  return cells.flatMap((cell) => {
    const { user, topic, right, isGiven, succeeded, checks } = cell;
    const check = checks.find(({ verdict }) => verdict === 'deviation');
    if (isGiven || succeeded === 0 || check === undefined) return [];
    const partner = right === 'will' ? 'publish' : 'will';
    const given = cells.find(
      (other) => other.user === user && other.topic === topic && other.isGiven && other.right === partner,
    );
    return [{ user, topic, right, by: given?.right, reason: check.reason ?? 'no reason given', check }];
  });
}

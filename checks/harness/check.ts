import type { Limit } from '../../base/limit.ts';
import { within } from '../../probes/mqtt/feed.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type CheckRecord, familyOf, type Verdict } from '../../records/record.ts';

/**
 * How far a run goes. `quick`: no wait longer than one keep-alive expiry at 5 s; `default`: all that disturbs nobody; `disruptive`: the broker
 * is stopped and crashed, and the Pis are rebooted.
 */
export const SCOPES = ['quick', 'default', 'disruptive'] as const;
export type Scope = (typeof SCOPES)[number];

/** Where a check runs that says nothing else. */
export const HERE = 'this machine';

/** One claim about the live lab and how it is put to the test. */
export type Check = Pick<CheckRecord, 'id' | 'subject' | 'claim' | 'statement' | 'expected'> & {
  /** The smallest run that it is part of; disruptive ones run one after the other, when all others are done. @default quick */
  readonly scope?: Scope;
  /** True where MQTT makes it wait for seconds: it begins before the others, so that they are done while it waits. */
  readonly waits?: boolean;
  /** True for a load: it begins when the quick checks are done, so that they don't compete with it. */
  readonly isLoad?: boolean;
  /** Protocol level that it is about; skipped where the broker does not speak it. */
  readonly version?: Version;
  /** Where the client that acts runs: `broker` or a Pi's name. @default this machine */
  readonly host?: string;
  /** Bound on the whole check, in milliseconds. */
  readonly boundMs: number;
  /** Where only so many of a kind may run at once; the bound counts from its turn on. */
  readonly limit?: Limit;
  run(): Promise<Finding>;
};

export type Finding = {
  readonly verdict: Verdict;
  readonly observed: unknown;
  /** Why it was skipped, or what the failure was. */
  readonly reason?: string;
  readonly evidence?: readonly unknown[];
  /** Milliseconds that MQTT made it wait: a keep-alive expiry, a will delay. */
  readonly waitMs?: number;
};

/** What a check has before it is known whether it applies to this lab. */
export type NamedCheck = Pick<Check, 'id' | 'subject' | 'claim' | 'host'>;

/** A check that does not apply to this lab; it is recorded with the reason. */
export function notApplicable(check: NamedCheck, reason: string): Check {
  const finding: Finding = { verdict: 'skipped', observed: null, reason };
  return { ...check, expected: null, boundMs: 1_000, run: async () => finding };
}

/** Runs a check within its bound, when its turn has come; whatever happens becomes a record. */
export async function perform(check: Check): Promise<CheckRecord> {
  return check.limit === undefined ? await runNow(check) : await check.limit(() => runNow(check));
}

async function runNow(check: Check): Promise<CheckRecord> {
  const { id, subject, claim, statement, expected, boundMs, host = HERE } = check;
  const startedAt = Date.now();
  const begun = performance.now();
  const finding = await within(check.run(), 'verdict', boundMs).catch(failure);
  const durationMs = Math.round(performance.now() - begun);
  const about = subject === undefined ? {} : { subject };
  const source = statement === undefined ? {} : { statement };
  const named = { id, family: familyOf({ id }), ...about, claim, ...source };
  return { ...named, expected, ...finding, host, startedAt, durationMs };
}

function failure(error: unknown): Finding {
  return { verdict: 'fail', observed: null, reason: error instanceof Error ? error.message : String(error) };
}

/** What a check that was under way took for a failure when the run was ended tells nothing of the broker. */
export function endedEarly<R extends Pick<CheckRecord, 'verdict' | 'observed' | 'reason'>>(
  record: R,
  stopped: AbortSignal,
): R {
  if (!stopped.aborted || record.verdict !== 'fail') return record;
  return { ...record, observed: null, reason: 'the run was ended before this check was' };
}

/** One name as part of an id: dots and spaces escaped, so that two names never give the same id. */
export function word(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E').replaceAll('%2F', '/');
}

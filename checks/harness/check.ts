import { errorMessage, LabError } from '../../base/errors.ts';
import type { Limit } from '../../base/limit.ts';
import { MOST_SLOWNESS, slowness } from '../../base/slowness.ts';
import { ClientLimit } from '../../probes/clients/option-file.ts';
import { NotSeen, within } from '../../probes/mqtt/feed.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import { type CheckRecord, familyOf } from '../../records/record.ts';
import type { Finding, Need } from './finding.ts';
import { unlessSlow } from './unless-slow.ts';

export type { Finding, Need } from './finding.ts';

/**
 * How far a run goes. `quick`: no wait longer than one keep-alive expiry at 5 s; `default`: all checks that do not
 * interrupt other clients; `disruptive`: also those that stop and crash the broker and reboot the Pis.
 */
export const SCOPES = ['quick', 'default', 'disruptive'] as const;
export type Scope = (typeof SCOPES)[number];

/** The host of a check that names none. */
export const THIS_MACHINE = 'this machine';

/** What varies among many checks of a kind, such as the user, the topic and the QoS, in groups of what may depend on each other. */
export type Factors = readonly Readonly<Record<string, string | number>>[];

/** One claim about the live lab, and the test of it. */
export type Check = Pick<CheckRecord, 'id' | 'subject' | 'claim' | 'statement' | 'expected'> & {
  /** The smallest run that includes it. Disruptive checks run after all others, one at a time. @default quick */
  readonly scope?: Scope;
  /** MQTT makes the check wait for seconds, so it starts first and the others run meanwhile. */
  readonly waits?: boolean;
  /** The check is a load. It starts after the quick checks, so that it does not slow them down. */
  readonly isLoad?: boolean;
  /** The protocol level of the claim. The check is skipped where the broker does not speak it. */
  readonly version?: Version;
  /** Where the client under test runs: `broker` or a Pi's name. @default this machine */
  readonly host?: string;
  /** What must work for the check to say anything. @default clients on its host and on this machine */
  readonly needs?: readonly Need[];
  /** The host whose path to the broker this check proves: when it fails, checks that need it are inconclusive. */
  readonly proves?: string;
  /** Given where a large lab has too many such checks: a run then takes those that cover each pair of values of a group. */
  readonly factors?: Factors;
  /** Bound on the whole check, in milliseconds. */
  readonly boundMs: number;
  /** Limits how many checks of a kind run at once. The bound counts from the check's own start. */
  readonly limit?: Limit;
  run(): Promise<Finding>;
};

/** The part of a check that its record has even where the check does not apply to the lab. */
export type NamedCheck = Pick<Check, 'id' | 'subject' | 'claim' | 'host' | 'factors'>;

/** A check that does not apply to the lab. Its record has the reason. */
export function notApplicable(check: NamedCheck, reason: string): Check {
  const finding: Finding = { verdict: 'skipped', observed: null, reason };
  // it covers no combination
  const { factors: _, ...named } = check;
  return { ...named, needs: [], expected: null, boundMs: 1_000, run: async () => finding };
}

/** Lets a check's work begin when there is room. */
export type Admit = (check: Check, work: () => Promise<CheckRecord>) => Promise<CheckRecord>;

/** Runs a check within its limit and bound. An error becomes a record that fails. */
export async function runCheck(check: Check, admit: Admit = (_, work) => work()): Promise<CheckRecord> {
  const work = () => admit(check, () => runNow(check));
  return check.limit === undefined ? await work() : await check.limit(work);
}

async function runNow(check: Check): Promise<CheckRecord> {
  const startedAt = Date.now();
  const begun = performance.now();
  const finding = await unlessSlow(() => within(check.run(), 'verdict', check.boundMs).catch(failure));
  return recordOf(check, finding, { startedAt, durationMs: Math.round(performance.now() - begun) });
}

/** The record of a check; without a time, of one that found its verdict without running. */
export function recordOf(
  { id, subject, claim, statement, expected, host = THIS_MACHINE }: Check,
  { blocks: _, isLate: __, ...finding }: Finding,
  time: Pick<CheckRecord, 'startedAt' | 'durationMs'> = { startedAt: Date.now(), durationMs: 0 },
): CheckRecord {
  const about = subject === undefined ? {} : { subject };
  const source = statement === undefined ? {} : { statement };
  const named = { id, family: familyOf({ id }), ...about, claim, ...source };
  return { ...named, expected, ...finding, host, ...time };
}

function failure(error: unknown): Finding {
  if (error instanceof ClientLimit) return { verdict: 'skipped', observed: null, reason: error.message };
  const isLate = error instanceof LabError ? error.trouble.isLate === true : error instanceof NotSeen && error.isLate;
  // its bound would have had to stretch further
  if (isLate && slowness() === MOST_SLOWNESS) {
    const late = errorMessage(error).split('\n')[0];
    return { verdict: 'inconclusive', observed: null, reason: `the lab is too slow: ${late}` };
  }
  const cause = error instanceof Error && error.cause instanceof LabError ? error.cause : error;
  if (!(cause instanceof LabError)) return { verdict: 'fail', observed: null, reason: errorMessage(error) };
  const { subject, step, happened, advice } = cause.trouble;
  const known = advice === undefined ? {} : { advice };
  const reason = cause === error ? `${subject}: ${step}: ${happened}` : errorMessage(error);
  // a host out of reach says nothing about the broker
  const verdict = cause.kind === 'could-not-run' ? 'inconclusive' : 'fail';
  return { verdict, observed: null, reason, ...known };
}

/** Makes a failure in a run that has ended inconclusive: it says nothing about the broker. */
export function unlessInterrupted<R extends Pick<CheckRecord, 'verdict' | 'observed' | 'reason'>>(
  record: R,
  stopped: AbortSignal,
): R {
  if (!stopped.aborted || record.verdict !== 'fail') return record;
  return { ...record, verdict: 'inconclusive', observed: null, reason: 'the run ended before this check' };
}

/** A name as part of an id. Escapes dots and spaces, so that two names never give the same id. */
export function idWord(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E').replaceAll('%2F', '/');
}

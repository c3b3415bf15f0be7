import { maskedValue } from '../../base/secret.ts';
import { waitAtMost } from '../../base/wait-at-most.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import type { Version } from '../../probes/mqtt/session.ts';
import type { SlowPlace } from '../../records/environment.ts';
import type { CheckRecord } from '../../records/record.ts';
import { type Admit, type Check, notApplicable, runCheck, THIS_MACHINE, unlessInterrupted } from '../harness/check.ts';
import type { CheckFamily } from '../harness/check-family.ts';
import { allCleanedUp } from '../harness/clean-up.ts';
import { measureDeliveryDelay } from '../harness/delivery-delay.ts';
import { judgedBySoftware } from '../harness/known-deviation.ts';
import { openPace } from '../harness/pace.ts';
import { announcedBy } from '../harness/requirements.ts';
import { type OnSystem, softwareOf } from '../harness/software.ts';
import { openTestLab, type TestLab } from '../harness/test-lab.ts';
import { openDiagnosis } from './diagnosis.ts';
import { needsOf, openGate } from './gate.ts';
import { openGivingUp } from './giving-up.ts';
import { openPhases } from './phases.ts';
import { NO_TIME, planRun } from './plan-run.ts';
import { openPulse } from './pulse.ts';
import { isInRun, type Selection, selectChecks } from './selection.ts';
import { versionsOf } from './versions.ts';

export type Families = Readonly<Record<string, CheckFamily>>;

export type LabChecksOptions = Selection & {
  readonly families: Families;
  /** Ends the checks when it aborts. */
  readonly stopped: AbortSignal;
  readonly onSystem?: OnSystem | undefined;
  /** Whether the time is nearly up, so that no check of a large lab's denials begins any more. @default never */
  readonly isLate?: () => boolean;
};

/** The checks of a live lab. */
export type LabChecks = {
  readonly checks: readonly Check[];
  /** Whether the run reports a record: not of a path to the broker that works, where the selection leaves it out. */
  isShown(record: CheckRecord): boolean;
  /** The selected checks that a large lab's run leaves out, and the seed that chose them. */
  readonly leftOut: readonly Check[];
  readonly seed: number | undefined;
  /** Runs a check when its phase has begun. Always resolves. */
  run(check: Check): Promise<CheckRecord>;
  /** The places that were too slow for all checks at once. */
  slowPlaces(): readonly SlowPlace[];
  /** Waits for running checks, at most `waitMs`, then closes all connections. Takes at most CLEAN_UP_MS. */
  close(waitMs: number): Promise<void>;
};

/** The bound on `close`. */
export const CLEAN_UP_MS = 8_000;

/** The id of the check that reports a family whose checks cannot be listed. */
const NOT_LISTED = 'install.smoke-tests';

/**
 * Lists the checks of the families. Each family gets its own connections, since one SSH connection takes ten commands
 * at a time. Throws an InputError when a pattern of `only` matches no check.
 */
export async function openLabChecks(live: LiveLab, options: LabChecksOptions): Promise<LabChecks> {
  const { families, full = false, stopped, onSystem = () => undefined, isLate = () => false } = options;
  const versions = await versionsOf(live);
  const announced = versions.includes(5) ? await announcedBy(live) : [];
  const pace = openPace(THIS_MACHINE);
  const shared = { versions, announced, deliveryDelay: measureDeliveryDelay(), pace };
  const common = openTestLab(live, stopped, shared);
  const testLabs = [common];
  const listed = Object.entries(families).flatMap(([name, family]) => {
    const testLab = openTestLab(live, stopped, { ...shared, isFull: full, brokerLog: common.brokerLog });
    testLabs.push(testLab);
    return listChecks(name, family, testLab);
  });
  const work = trackWork();
  const selected = select(listed, options);
  const all = withPaths(selected, listed).map((check) => forVersions(check, versions));
  const { planned, leftOut, seed } = planRun(all, options);
  const wanted = new Set(selected.map(({ id }) => id));
  const gate = openGate(planned);
  const checks = planned.map((check) => {
    const applicable = { ...check, host: check.host ?? THIS_MACHINE };
    const run = async () => {
      stopped.throwIfAborted();
      // its record exists already
      if (!gate.isOpen(applicable)) throw new Error('a host lacks what the check needs');
      if (seed !== undefined && check.factors !== undefined && isLate()) return NO_TIME;
      const finding = await applicable.run();
      gate.learn(applicable, finding);
      return finding;
    };
    return { ...applicable, run: () => work.track(run()) };
  });
  const software = softwareOf(common, [...new Set(checks.map(({ host }) => host))], onSystem);
  const inItsPhase = openPhases(checks);
  const diagnose = openDiagnosis(common);
  const diagnosed = async (record: CheckRecord) => {
    if (record.verdict !== 'fail' || record.advice !== undefined) return {};
    const advice = await diagnose(record);
    return advice === undefined ? {} : { advice };
  };
  const pulse = openPulse(common, pace);
  const givingUp = openGivingUp();
  const admit: Admit = (check, work) => pace.admit(check, () => givingUp.unlessGivenUp(check, work));
  const recorded = async (check: Check): Promise<CheckRecord> => {
    const done = await inItsPhase(check, () => gate.pass(check, () => runCheck(check, admit)));
    const record = unlessInterrupted(judgedBySoftware(done, live.lab.broker.software), stopped);
    givingUp.learn(check, record);
    const [versions, found] = await Promise.all([software(record.host ?? THIS_MACHINE), diagnosed(record)]);
    return maskedRecord({ ...record, ...found, versions });
  };
  const closeAll = async () => {
    await Promise.all(testLabs.map((testLab) => testLab[Symbol.asyncDispose]()));
    await allCleanedUp(stopped);
  };
  return {
    checks,
    isShown: ({ id, verdict }) => verdict !== 'pass' || wanted.has(id),
    leftOut,
    seed,
    run: (check) => work.track(recorded(check)),
    slowPlaces: pace.report,
    async close(waitMs) {
      // these limits do not stretch: a user waits for the end
      pulse[Symbol.dispose]();
      await waitAtMost(waitMs, work.over());
      await waitAtMost(CLEAN_UP_MS - waitMs, closeAll());
    },
  };
}

/** Turns an error of a family into one failing check, so that the other families run. */
function listChecks(name: string, family: CheckFamily, testLab: TestLab): readonly Check[] {
  try {
    return family(testLab);
  } catch (error) {
    const claim = `the checks of ${name} can be listed`;
    const run = () => Promise.reject(error);
    return [{ id: `${NOT_LISTED}.${name}`, claim, expected: 'a list of checks', boundMs: 1_000, run }];
  }
}

/** Tolerates a pattern that matches no check where a family could not list its checks: it may mean one of those. */
function select(listed: readonly Check[], selection: Selection): readonly Check[] {
  const isFailure = ({ id }: Check) => id.startsWith(NOT_LISTED);
  if (!listed.some(isFailure)) return selectChecks(listed, selection);
  return listed.filter((check) => isFailure(check) || isInRun(check, selection));
}

/** Adds the checks of the paths that the selected ones need, first. */
function withPaths(selected: readonly Check[], listed: readonly Check[]): readonly Check[] {
  const needed = new Set(selected.flatMap(needsOf).map(({ host }) => host));
  const isAdded = (check: Check) => check.proves !== undefined && needed.has(check.proves) && !selected.includes(check);
  return [...listed.filter(isAdded), ...selected];
}

function forVersions(check: Check, versions: readonly Version[]): Check {
  if (check.version === undefined || versions.includes(check.version)) return check;
  return notApplicable(check, `the broker does not speak MQTT ${check.version === 5 ? '5' : '3.1.1'}`);
}

/** A client or a broker may print its login. Ids, subjects and claims have words of the lab file alone, which may equal a password. */
export function maskedRecord(record: CheckRecord): CheckRecord {
  const { observed, reason, advice, evidence, versions } = record;
  const foreign = { observed, reason, advice, evidence, versions };
  const present = Object.fromEntries(Object.entries(foreign).filter(([, value]) => value !== undefined));
  return { ...record, ...maskedValue(present) };
}

/** Work that has begun. The work of a check that ran out of time continues after its record. */
function trackWork(): { track<T>(work: Promise<T>): Promise<T>; over(): Promise<unknown> } {
  const underWay = new Set<Promise<unknown>>();
  return {
    track(work) {
      underWay.add(work);
      const remove = () => underWay.delete(work);
      work.then(remove, remove);
      return work;
    },
    over: () => Promise.allSettled(underWay),
  };
}

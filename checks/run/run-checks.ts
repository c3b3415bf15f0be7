import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { deferred } from '../../base/deferred.ts';
import { errorMessage, type FailureKind, LabError } from '../../base/errors.ts';
import { type RunningBound, slowness, startBound, stretchedSeconds } from '../../base/slowness.ts';
import type { LiveLab } from '../../deployment/live-lab.ts';
import { clientsOf, type Environment, type System } from '../../records/environment.ts';
import { isLeftOut } from '../../records/left-out.ts';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';
import { openRunFolder } from '../../records/run-folder.ts';
import { families as allFamilies } from '../families.ts';
import { type Check, recordOf } from '../harness/check.ts';
import { brokerText } from '../harness/software.ts';
import { hostsOf, systemHere } from '../harness/system.ts';
import { type Families, openLabChecks } from './lab-checks.ts';
import { logInFirst } from './log-in-first.ts';
import { leftOutRecord } from './plan-run.ts';
import type { Selection } from './selection.ts';

export type RunOptions = Selection & {
  /** The folder of all runs, such as `.lab/runs`. */
  readonly runsDirectory: string;
  /** Called for each record as soon as it exists. */
  readonly onRecord?: ((record: CheckRecord) => void) | undefined;
  /** Called once with the number of checks that will run, before the first record. */
  readonly onPlan?: ((count: number) => void) | undefined;
  /** Bound on the checks, without 8 s for cleaning up. @default 180 s; 360 s where the run is disruptive or full */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** @default all of families.ts */
  readonly families?: Families | undefined;
};

export type Verification = {
  /** The content of results.json. */
  readonly results: Results;
  /** Folder with records.jsonl, results.json and junit.xml. */
  readonly folder: string;
};

const TIMEOUT_MS = { quick: 180_000, default: 180_000, disruptive: 360_000 } as const;
/** A full run measures latencies, which takes long on a slow network. */
const FULL_TIMEOUT_MS = 360_000;
const NOT_FINISHED = 'not finished after';
/** After this share of the time, the run of a large lab begins no further check of a denial. */
const NEARLY = 0.9;
/** How long running checks may take to end once the run is over; shorter for a user who interrupted it and waits. */
const END_MS = { interrupted: 1_000, over: 3_000 } as const;

/**
 * Runs the checks against a live lab. A check without a record in time is inconclusive. Closes everything, however the run ends.
 * Throws the error of `live`, an InputError when a pattern of `only` matches no check, a LabError when `signal` aborts.
 */
export async function runChecks(live: Promise<LiveLab>, options: RunOptions): Promise<Verification> {
  const { runsDirectory, onRecord, signal, families = allFamilies } = options;
  const startedAt = Date.now();
  const begun = performance.now();
  using end = watchForEnd(signal);
  const known = await end.unlessOver(live);
  await end.unlessOver(logInFirst(known, end.stopped));
  const systems = new Map<string, System>();
  const onSystem = (host: string, system: System) => systems.set(host, system);
  const opening = openLabChecks(known, { ...options, families, stopped: end.stopped, onSystem, isLate: end.isNear });
  const checks = await end.unlessOver(opening);
  const folder = await openRunFolder(runsDirectory, new Date(startedAt));
  const records: CheckRecord[] = [];
  const missing = new Set([...checks.checks, ...checks.leftOut]);
  const add = (check: Check, record: CheckRecord) => {
    // an interrupted check proves nothing, and a late one already has a record as lost
    if (isAborted(signal) || !missing.delete(check) || !checks.isShown(record)) return;
    records.push(record);
    folder.add(record);
    onRecord?.(record);
  };
  options.onPlan?.(checks.checks.length);
  for (const check of checks.leftOut) add(check, leftOutRecord(check));
  const running = checks.checks.map(async (check) => add(check, await checks.run(check)));
  const why = await end.of(Promise.all(running), boundOf(options));
  await checks.close(END_MS[isAborted(signal) ? 'interrupted' : 'over']);
  if (isAborted(signal)) {
    await folder.flush();
    throw notRun('interrupted', 'interrupted');
  }
  for (const check of missing) add(check, lostRecord(check, why));
  const run = {
    ...{ startedAt, durationMs: Math.round(performance.now() - begun), slowPlaces: checks.slowPlaces() },
    ...leftOutOf(checks.seed, records),
    hosts: hostsOf(known, await systemHere(), systems),
  };
  const results = await folder.finish(environmentOf(known, options, run, records));
  return { results, folder: folder.path };
}

/** The bound on the checks. A user's is exact; the default one stretches on slow machines. */
type RunBound = { readonly ms: number; readonly isExact: boolean };

function boundOf({ timeoutMs, full = false, scope = 'default' }: RunOptions): RunBound {
  if (timeoutMs !== undefined) return { ms: timeoutMs, isExact: true };
  return { ms: full ? FULL_TIMEOUT_MS : TIMEOUT_MS[scope], isExact: false };
}

type End = Disposable & {
  /** Aborts when the run is over, so that the work of its checks ends. */
  readonly stopped: AbortSignal;
  /** Whether the time is nearly up. */
  isNear(): boolean;
  /** Awaits the work; rejects at once when the run ends first. */
  unlessOver<T>(work: Promise<T>): Promise<T>;
  /**
   * Waits until the checks are done, time is up, the run is interrupted or an error goes uncaught. Returns the reason.
   */
  of(checks: Promise<unknown>, bound: RunBound): Promise<string>;
};

function watchForEnd(signal: AbortSignal | undefined): End {
  const stop = new AbortController();
  // every command of every check listens to it
  setMaxListeners(0, stop.signal);
  const over = deferred<string>();
  const end = (why: string) => {
    over.resolve(why);
    stop.abort();
  };
  const onAbort = () => end('interrupted');
  const onUncaught = (error: unknown) => end(`a check threw an error that nothing catches: ${errorMessage(error)}`);
  // tests/smoke fails on such a rejection; in a run every check has its record nevertheless
  const onRejection = () => undefined;
  let timer: RunningBound | undefined;
  let endsAt = () => Number.POSITIVE_INFINITY;
  signal?.addEventListener('abort', onAbort, { once: true });
  if (isAborted(signal)) onAbort();
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onRejection);
  return {
    stopped: stop.signal,
    isNear: () => performance.now() > endsAt(),
    async unlessOver(work) {
      const isOver = over.promise.then((why) => {
        throw notRun(why, isAborted(signal) ? 'interrupted' : 'could-not-run');
      });
      return await Promise.race([isOver, work]);
    },
    async of(checks, { ms, isExact }) {
      const from = performance.now();
      endsAt = () => from + NEARLY * ms * (isExact ? 1 : slowness());
      const onPassed = () => end(`${NOT_FINISHED} ${isExact ? ms / 1000 : stretchedSeconds(ms)} s`);
      const exact = isExact ? setTimeout(onPassed, ms) : undefined;
      stop.signal.addEventListener('abort', () => clearTimeout(exact), { once: true });
      if (!isExact) timer = startBound(ms, onPassed);
      checks.then(() => end('all checks are done'), onUncaught);
      return await over.promise;
    },
    [Symbol.dispose]() {
      timer?.close();
      signal?.removeEventListener('abort', onAbort);
      process.off('uncaughtException', onUncaught).off('unhandledRejection', onRejection);
    },
  };
}

const isAborted = (signal: AbortSignal | undefined) => signal?.aborted === true;

function notRun(happened: string, kind: FailureKind): LabError {
  return new LabError({ subject: 'verify', step: 'run the checks', happened }, kind);
}

/** The record of a check that returned none. An error of a check is a fault; a check that had no time left says nothing. */
function lostRecord(check: Check, why: string): CheckRecord {
  const verdict = why.startsWith(NOT_FINISHED) ? 'inconclusive' : 'fail';
  return recordOf(check, { verdict, observed: null, reason: `no record: ${why}` });
}

function leftOutOf(seed: number | undefined, records: readonly CheckRecord[]): Pick<Environment, 'leftOut'> {
  return seed === undefined ? {} : { leftOut: { checks: records.filter(isLeftOut).length, seed } };
}

function environmentOf(
  { lab, broker, pis }: LiveLab,
  { scope = 'default', only, full = false }: Selection,
  run: Pick<Environment, 'startedAt' | 'durationMs' | 'hosts' | 'slowPlaces' | 'leftOut'>,
  records: readonly CheckRecord[],
): Environment {
  const chosen = broker.listeners.find(({ isChosen }) => isChosen);
  return {
    lab: lab.name,
    scope,
    full,
    ...(only === undefined ? {} : { only }),
    ...(chosen === undefined ? {} : { listener: chosen.port }),
    ...run,
    node: process.versions.node,
    broker: { address: broker.address, port: broker.port, version: brokerText({ lab, broker }) },
    pis: pis.map(({ name }) => name),
    clients: clientsOf(records),
  };
}

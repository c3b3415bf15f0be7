import { ignoreFailure } from '../base/errors.ts';
import type { Verification } from '../checks/run/run-checks.ts';
import type { Selection } from '../checks/run/selection.ts';
import { withVersion } from '../deployment/broker-version.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { requireAnswer } from '../deployment/ready.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { isLeftOut } from '../records/left-out.ts';
import type { CheckRecord } from '../records/record.ts';
import type { Results } from '../records/results.ts';
import { KEPT_RUNS, pruneRuns } from '../records/run-folder.ts';
import { openRunPage, type RunPage } from '../report/page/run-page.ts';
import { leftOutLines } from '../report/recap/left-out.ts';
import { recap } from '../report/recap/recap.ts';
import {
  NO_RUNS,
  type RepeatedResults,
  repeatedLines,
  repeatedResults,
  runLine,
  withRun,
} from '../report/recap/repeat.ts';
import { slowPlaceLines } from '../report/recap/slow-places.ts';
import { checkProgressText } from '../terminal/check-progress.ts';
import type { Display } from '../terminal/display.ts';
import type { Context } from './context.ts';
import { atListener, exceptionsTo } from './listener-option.ts';

export type VerificationOptions = Selection & {
  /** Bound on the checks of one run. */
  readonly timeoutMs?: number | undefined;
  /** Given where the broker is known to answer. @default located, and then the broker must answer before a check begins */
  readonly live?: LiveLab;
  /** Port of the listener that clients use where they can. @default each user's best one */
  readonly listener?: number | undefined;
};

type CurrentRun = {
  readonly live: Promise<LiveLab>;
  /** The number of this run among those of the command. */
  readonly nth: number;
  /** In front of its progress. */
  readonly prefix: string;
};

/** Runs the checks, shows their progress and the recap, and writes the report. */
export async function verifyOnce(context: Context, display: Display, options: VerificationOptions): Promise<Results> {
  const live = options.live === undefined ? locateLab(context, display, options) : Promise.resolve(options.live);
  display.report({ host: 'verify', kind: 'step', text: 'checks' });
  const { results, folder, page } = await runOnce(context, display, options, { live, nth: 1, prefix: '' });
  for (const line of recap(results.checks, display.paint, options.scope ?? 'default')) display.print(line);
  for (const line of leftOutLines(results.environment)) display.print(line);
  for (const line of slowPlaceLines(results.environment?.slowPlaces)) display.print(line);
  display.print(`records: ${folder}`);
  // last, since it takes a moment
  display.print(`report: ${await page.write(folder, results)}`);
  return results;
}

/** Runs the checks so many times in a row, with a line for each run. Ctrl-C ends it early, and the runs until then count. */
export async function verifyRepeatedly(
  context: Context,
  display: Display,
  options: VerificationOptions,
  times: number,
): Promise<RepeatedResults> {
  const { paint, print } = display;
  let done = NO_RUNS;
  try {
    let live = locateLab(context, display, options);
    while (done.runs.length < times && !context.signal.aborted) {
      const nth = done.runs.length + 1;
      // a container that a run has rebooted has other ports
      if (nth > 1 && options.scope === 'disruptive') live = locateLab(context, display, options);
      const current = { live, nth, prefix: `run ${nth} of ${times}: ` };
      const { results, folder, page } = await runOnce(context, display, options, current);
      await page.write(folder, results);
      done = withRun(done, results, folder);
      const last = done.runs.at(-1);
      if (last !== undefined) print(runLine(last, nth, times, paint));
    }
  } catch (error) {
    if (!context.signal.aborted || done.runs.length === 0) throw error;
  } finally {
    display.stop();
    if (done.runs.length > 0) for (const line of repeatedLines(done, times, paint)) print(line);
  }
  return repeatedResults(done, times);
}

/** The lab with the chosen listener. Prints who cannot use it. */
async function locateLab(
  context: Context,
  { print }: Pick<Display, 'print'>,
  { listener }: Pick<VerificationOptions, 'listener'>,
): Promise<LiveLab> {
  const live = await context.live();
  if (listener === undefined) return live;
  const chosen = atListener(live, listener);
  for (const line of exceptionsTo(live, listener)) print(line);
  return chosen;
}

/** When the checks of a quick run have all begun, and only long waits are left. In other runs drawing would disturb what is timed. */
const DRAW_PAGE_MS = 2_000;

async function runOnce(
  context: Context,
  { report, stop }: Display,
  { timeoutMs, live: given, listener: _, ...selection }: VerificationOptions,
  { live, nth, prefix }: CurrentRun,
): Promise<Verification & { readonly page: RunPage }> {
  const known = live.then(async (found) => {
    const answer = given === undefined ? requireAnswer(found, context.signal) : undefined;
    const [withIt] = await Promise.all([withVersion(found, context.signal), answer]);
    return withIt;
  });
  // runChecks reports it
  void ignoreFailure(known);
  // loaded while hosts are asked
  const { runChecks } = await import('../checks/run/run-checks.ts');
  const runsDirectory = privateFolder(context.lab(), 'runs');
  using page = openRunPage(selection.scope === 'quick' ? DRAW_PAGE_MS : undefined);
  const progress = progressOf(report, prefix, selection);
  const verified = await runChecks(known, {
    ...{ ...selection, timeoutMs, runsDirectory, signal: context.signal },
    onPlan: progress.begin,
    onRecord(record) {
      page.add(record);
      progress.add(record);
    },
  });
  stop();
  await ignoreFailure(pruneRuns(runsDirectory, Math.max(KEPT_RUNS, nth)));
  return { ...verified, page };
}

/** How long the waits that MQTT imposes take in a run of all checks. */
const LEAST_MS = { quick: 8_000, default: 40_000, disruptive: 45_000 } as const;
const LEAST_FULL_MS = 90_000;

function progressOf(report: Display['report'], prefix: string, { only, scope = 'default', full }: Selection) {
  const leastMs = only !== undefined ? 0 : full === true ? LEAST_FULL_MS : LEAST_MS[scope];
  let begun = performance.now();
  let all: number | undefined;
  let done = 0;
  let failed = 0;
  return {
    begin(count: number): void {
      begun = performance.now();
      all = count;
    },
    add(record: CheckRecord): void {
      if (isLeftOut(record)) return;
      done += 1;
      if (record.verdict === 'fail') failed += 1;
      const words = checkProgressText({ done, all, failed, elapsedMs: performance.now() - begun, leastMs });
      report({ host: 'verify', kind: 'detail', text: `${prefix}${words}, last ${record.id}` });
    },
  };
}

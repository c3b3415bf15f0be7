import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import type { Scope } from '../checks/harness/check.ts';
import { verify as runSmokeTests, type Verification } from '../checks/run/run.ts';
import type { LiveLab } from '../deployment/live-lab.ts';
import { withVersion } from '../deployment/locate.ts';
import { requireAnswer } from '../deployment/ready.ts';
import type { Lab } from '../lab-file/lab.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { junitXml } from '../records/junit.ts';
import type { Results } from '../records/results.ts';
import { KEPT_RUNS, pruneRuns } from '../records/run-folder.ts';
import { openRunPage, type RunPage } from '../report/page/run-page.ts';
import { recap } from '../report/recap/recap.ts';
import {
  NO_RUNS,
  type RepeatedResults,
  repeatedLines,
  repeatedResults,
  runLine,
  withRun,
} from '../report/recap/repeat.ts';
import { type Display, openDisplay } from '../terminal/display.ts';
import { boundSeconds, runCount } from './bounds.ts';
import type { LabCommand } from './command.ts';
import type { Context } from './context.ts';

type Options = {
  quick?: true;
  disruptive?: true;
  only?: string;
  timeout?: number;
  repeat?: number;
  json?: true;
  tap?: true;
  junit?: string;
};

/** `./lab verify`: the smoke tests, against the lab as it stands. */
export function verify(): LabCommand {
  const command = new Command('verify')
    .description(
      'Prove on the wire that the lab as it stands does what the lab file says. No file on a host is changed; what is retained on declared topics is replaced and restored.',
    )
    .option('--quick', 'no wait longer than one keep-alive expiry at 5 s; what `up` runs')
    .option('--disruptive', 'also stop and crash the broker and reboot the Pis, and show what survives')
    .option(
      '--only <pattern>',
      'only the checks whose id matches, such as will or auth,qos.matrix.*.v5; each pattern must match one',
    )
    .option(
      '--timeout <seconds>',
      'bound on the checks of one run, 180 if not given, 360 with --disruptive; cleaning up may take 8 s on top',
      boundSeconds,
    )
    .option(
      '--repeat <times>',
      'so many runs in a row, and at the end which checks failed how often; interrupted, they have not passed',
      runCount,
    )
    .option('--json', 'one JSON object on standard output, progress on standard error')
    .option('--tap', 'TAP version 14 on standard output, progress on standard error')
    .option(
      '--junit <file>',
      "JUnit XML there too; with --repeat that of the first run that failed, or else the last's",
    );
  return {
    command,
    async run(context) {
      const options = command.opts<Options>();
      const { only, timeout, repeat, json, tap, junit } = options;
      await refuseContradictions(options);
      const display = await openDisplay(json === true || tap === true);
      try {
        // a mistake in the lab file is told before anything runs; the hosts are asked for while the smoke tests start
        const lab = context.lab();
        const live = context.live();
        live.catch(() => undefined);
        const runOptions = {
          only,
          scope: scopeOf(options),
          timeoutMs: timeout === undefined ? undefined : timeout * 1000,
          mustAnswer: true,
        };
        const proved =
          repeat === undefined
            ? await verification(lab, live, context, display, runOptions)
            : await repeated(lab, live, context, display, runOptions, repeat);
        if (junit !== undefined) await writeFile(junit, junitXml(proved));
        if (json === true) console.log(JSON.stringify(proved));
        if (tap === true) console.log((await import('../records/tap.ts')).tapLines(proved).join('\n'));
        return proved.verdict === 'pass' ? 0 : 1;
      } catch (error) {
        if (tap === true) {
          const { tapBailOut } = await import('../records/tap.ts');
          console.log(tapBailOut(error instanceof Error ? error.message : String(error)).join('\n'));
        }
        throw error;
      } finally {
        display.stop();
      }
    },
  };
}

/** Told before anything runs: a report that can't be written would be noticed after minutes. */
async function refuseContradictions({ quick, disruptive, json, tap, junit }: Options): Promise<void> {
  const mistakes: string[] = [
    ...(quick === true && disruptive === true ? ['--quick and --disruptive exclude each other'] : []),
    ...(json === true && tap === true ? ['--json and --tap exclude each other'] : []),
  ];
  if (junit !== undefined) mistakes.push(...(await junitMistakes(junit)));
  if (mistakes.length > 0) throw new InputError(mistakes);
}

async function junitMistakes(junit: string): Promise<string[]> {
  const file = path.resolve(junit);
  const folder = path.dirname(file);
  const isWritable = (place: string) =>
    access(place, constants.W_OK).then(
      () => true,
      () => false,
    );
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory() === true) return [`--junit ${junit}: it is a folder; give the name of a file`];
  if (there !== undefined) return (await isWritable(file)) ? [] : [`--junit ${junit}: this user may not write to it`];
  if (await isWritable(folder)) return [];
  return [`--junit ${junit}: there is no folder ${folder} that this user may write to`];
}

function scopeOf({ quick, disruptive }: Options): Scope {
  if (disruptive === true) return 'disruptive';
  return quick === true ? 'quick' : 'default';
}

export type VerificationOptions = {
  readonly scope: Scope;
  readonly only?: string | undefined;
  /** Whether measurements take the time that the report's questions ask for. */
  readonly full?: boolean;
  readonly timeoutMs?: number | undefined;
  /** Where the broker does not answer, no check begins. */
  readonly mustAnswer?: boolean;
};

/** Runs the smoke tests, shows how far they are and the recap at the end. */
export async function verification(
  lab: Lab,
  live: Promise<LiveLab>,
  context: Context,
  display: Display,
  options: VerificationOptions,
): Promise<Results> {
  display.report({ host: 'verify', kind: 'step', text: 'smoke tests' });
  const { results, folder, page } = await runOnce(lab, live, context, display, options, 1);
  for (const line of recap(results.checks, display.paint, options.scope)) display.print(line);
  display.print(`records: ${folder}`);
  // after the recap, which nobody should wait for
  display.print(`report: ${await page.write(folder, results)}`);
  return results;
}

/** Runs them so many times in a row, with a line a run; ends early on Ctrl-C, and still tells what there was. */
async function repeated(
  lab: Lab,
  live: Promise<LiveLab>,
  context: Context,
  display: Display,
  options: VerificationOptions,
  times: number,
): Promise<RepeatedResults> {
  const { paint, print } = display;
  let done = NO_RUNS;
  try {
    while (done.runs.length < times && !context.signal.aborted) {
      const nth = done.runs.length + 1;
      // an emulated Pi that a run has rebooted has other ports
      const now = nth > 1 && options.scope === 'disruptive' ? context.live() : live;
      const prefix = `run ${nth} of ${times}: `;
      const { results, folder, page } = await runOnce(lab, now, context, display, options, nth, prefix);
      await page.write(folder, results);
      done = withRun(done, results, folder);
      const last = done.runs.at(-1);
      if (last !== undefined) print(runLine(last, nth, times, paint));
    }
  } catch (error) {
    if (!context.signal.aborted || done.runs.length === 0) throw error;
  } finally {
    display.stop();
    // where the first run could not be done, its error says it all
    if (done.runs.length > 0) for (const line of repeatedLines(done, times, paint)) print(line);
  }
  return repeatedResults(done, times);
}

/** When the checks of a quick run have all begun; the others time messages. */
const DRAW_PAGE_MS = 2_000;

/** The `nth` run of this command; of those before this command's the oldest go. */
async function runOnce(
  lab: Lab,
  live: Promise<LiveLab>,
  { signal }: Context,
  { report, stop }: Display,
  { mustAnswer, ...options }: VerificationOptions,
  nth: number,
  prefix = '',
): Promise<Verification & { readonly page: RunPage }> {
  let done = 0;
  let failed = 0;
  const known = live.then(async (found) => {
    const first = mustAnswer === true ? requireAnswer(found, signal) : undefined;
    const [withIt] = await Promise.all([withVersion(found, signal), first]);
    return withIt;
  });
  const runsDirectory = privateFolder(lab, 'runs');
  const page = openRunPage(options.scope === 'quick' ? DRAW_PAGE_MS : undefined);
  const verified = await runSmokeTests(known, {
    ...options,
    runsDirectory,
    signal,
    onRecord(record) {
      const { id, verdict } = record;
      page.add(record);
      done += 1;
      if (verdict === 'fail') failed += 1;
      // the recap tells each failure, once
      const so = failed === 0 ? '' : `, ${failed} failed`;
      report({ host: 'verify', kind: 'detail', text: `${prefix}${done} checks${so}, last ${id}` });
    },
  }).finally(page[Symbol.dispose]);
  stop();
  // one that can't be removed is in nobody's way
  await pruneRuns(runsDirectory, Math.max(KEPT_RUNS, nth)).catch(() => undefined);
  return { ...verified, page };
}

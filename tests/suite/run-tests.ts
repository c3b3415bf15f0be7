import process from 'node:process';
import { InputError, LabError } from '../../base/errors.ts';
import { painter, seconds } from '../../base/paint.ts';
import { hostReporter } from '../../base/progress.ts';
import type { DebianRelease } from '../../lab-file/lab.ts';
import { ensureTool } from '../../provisioning/docker/install.ts';
import { build } from '../../scripts/build.js';
import { progressLines } from '../../terminal/progress-lines.ts';
import { buildTests } from './build-tests.ts';
import { startProgram } from './child.ts';
import { closeEngine, makeImages, openEngine, type TestEngine } from './engine.ts';
import { sweepFolders, sweepProcesses } from './leftovers.ts';
import { closeRun, noteImage, openRun, RELEASES, type Run } from './run.ts';
import { checkStatically, lintChecks, TYPES } from './static-checks.ts';
import { sum, type Tally, tallyAva } from './tally.ts';

const INTERRUPTED = 130;
/** How long the test files may take to remove their labs after Ctrl-C. */
const CLEAN_UP_MS = 20_000;

const print = (line: string) => process.stdout.write(`${line}\n`);
const report = progressLines(print, painter(process.stdout));

export type TestOptions = {
  /** Test files, and folders whose tests share a process; relative to the project. */
  readonly sources: readonly string[];
  /** For AVA. */
  readonly options: readonly string[];
  /** Whether types and lint are checked too. */
  readonly static?: boolean;
  /** Releases whose images are made. @default all */
  readonly debians?: readonly DebianRelease[];
};

/**
 * Runs tests and gives the exit code. Removes everything that the run made, also after Ctrl-C; what the tests themselves
 * left behind counts as failures.
 */
export async function runTests({
  sources,
  options,
  static: isStatic = false,
  debians = RELEASES,
}: TestOptions): Promise<number> {
  const begin = performance.now();
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await sweepFolders();
  const run = await openRun();
  const checked = isStatic
    ? checkStatically([TYPES, ...lintChecks()], print, interrupt.signal)
    : { passed: 0, failed: 0 };
  await installSsh(interrupt.signal);
  const needsLabs = sources.some((source) => !/^tests\/(unit|vm)\//.test(source));
  const engine = needsLabs ? prepare(run, debians, interrupt.signal) : undefined;
  const tested = testAll(sources, options, run, interrupt.signal).finally(() => engine?.enough.abort());
  const tallies = await Promise.all([checked, tested]);
  const left = [...(await sweepProcesses(run)), ...(await closed(await engine?.ready, run)), ...(await closeRun(run))];
  if (interrupt.signal.aborted) {
    print('interrupted; everything that the tests made is removed');
    return INTERRUPTED;
  }
  for (const thing of left) print(`  ✘ [fail]: left behind: ${thing}`);
  const { passed, failed } = sum([...tallies, { passed: 0, failed: left.length }]);
  print(`\nin ${seconds(performance.now() - begin)}:`);
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Installs ssh, ssh-keygen and ssh-agent for the tests of logins, which fail where that is impossible. */
async function installSsh(signal: AbortSignal): Promise<void> {
  try {
    await ensureTool('ssh-keygen', ['openssh-client'], hostReporter(report, 'this machine'), signal);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    report({ host: 'this machine', kind: 'failed', text: error.message });
  }
}

type Preparation = { readonly ready: Promise<TestEngine | undefined>; readonly enough: AbortController };

/** Starts the engine and makes the base images while the unit tests run. A failure reaches the tests that wait for them. */
function prepare(run: Run, debians: readonly DebianRelease[], interrupted: AbortSignal): Preparation {
  const enough = new AbortController();
  const work = async () => {
    let engine: TestEngine | undefined;
    try {
      engine = await openEngine(run, report);
      await makeImages(engine, run, debians, report, AbortSignal.any([enough.signal, interrupted]));
    } catch (error) {
      const why = error instanceof LabError || error instanceof InputError ? error.message : String(error);
      report({ host: 'docker', kind: 'failed', text: why });
      for (const debian of RELEASES) {
        for (const image of ['base', 'installed'] as const) await noteImage(run, image, debian, why);
      }
    }
    return engine;
  };
  return { ready: work(), enough };
}

async function closed(engine: TestEngine | undefined, run: Run): Promise<string[]> {
  try {
    return engine === undefined ? [] : await closeEngine(engine, run);
  } catch (error) {
    return [`what Docker would not remove: ${error instanceof Error ? error.message : error}`];
  }
}

/** Bundles the tests, and ./lab before many tests start it at once; then runs AVA. */
async function testAll(
  sources: TestOptions['sources'],
  options: readonly string[],
  run: Run,
  interrupted: AbortSignal,
) {
  const files = await buildTests(sources);
  await build('lab', { entryPoints: ['scripts/lab.ts'] });
  return await runAva([...options, ...files], run, interrupted);
}

/** AVA in a process group of its own, which ends on Ctrl-C and is killed when it does not. */
async function runAva(args: readonly string[], run: Run, interrupted: AbortSignal): Promise<Tally> {
  const tally = tallyAva();
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? '--color' : '--no-color';
  const onLine = (line: string) => {
    tally.take(line);
    if (!interrupted.aborted) print(line);
  };
  const command = ['node_modules/ava/entrypoints/cli.mjs', '--config', 'tests/suite/ava.config.js', colour, ...args];
  const ava = startProgram(process.execPath, command, { env: run.env, onLine });
  let killer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    ava.kill('SIGTERM');
    killer = setTimeout(() => ava.kill('SIGKILL'), CLEAN_UP_MS);
  };
  interrupted.addEventListener('abort', onAbort, { once: true });
  if (interrupted.aborted) onAbort();
  const exitCode = await ava.ended;
  clearTimeout(killer);
  return tally.end(exitCode);
}

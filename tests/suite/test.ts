import process from 'node:process';
import { InputError, LabError } from '../../base/errors.ts';
import { painter, seconds } from '../../base/paint.ts';
import { hostReporter } from '../../base/progress.ts';
import { ensureTool } from '../../provisioning/docker/install.ts';
import { progressLines } from '../../terminal/progress-lines.ts';
import { startNode } from './child.ts';
import { closeEngine, makeBases, openEngine, type TestEngine } from './engine.ts';
import { sweepFolders, sweepProcesses } from './leftovers.ts';
import { closeRun, noteBase, openRun, RELEASES, type Run } from './run.ts';
import { checkStatically } from './static-checks.ts';
import { sum, type Tally, tallyAva } from './tally.ts';

const INTERRUPTED = 130;
/** How long the test files may take to remove their labs after Ctrl-C. */
const CLEAN_UP_MS = 20_000;

const print = (line: string) => process.stdout.write(`${line}\n`);
const report = progressLines(print, painter(process.stdout));

/**
 * `npm test [-- FILE… --match TITLE]`: types, lint, unit tests and whole labs in containers; arguments go to AVA. Needs Debian or Ubuntu with root or
 * sudo, or a Docker engine that answers. Leaves nothing behind, also after Ctrl-C; what the tests left themselves is a failure.
 */
export async function main(args: string[]): Promise<number> {
  const begin = performance.now();
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await sweepFolders();
  const run = await openRun();
  // a run of named files is about those files alone
  const checked = args.length > 0 ? undefined : checkStatically(print, interrupt.signal);
  await installSsh(interrupt.signal);
  const engine = mayNeedLabs(args) ? prepare(run, interrupt.signal) : undefined;
  const tallies = await Promise.all([
    checked ?? { passed: 0, failed: 0 },
    runAva(args, run, interrupt.signal).finally(() => engine?.enough.abort()),
  ]);
  const left = [...(await sweepProcesses(run)), ...(await closed(await engine?.ready, run)), ...(await closeRun(run))];
  if (interrupt.signal.aborted) {
    print('interrupted; what the tests had made is removed');
    return INTERRUPTED;
  }
  for (const thing of left) print(`  ✘ [fail]: left behind: ${thing}`);
  const { passed, failed } = sum([...tallies, { passed: 0, failed: left.length }]);
  print(`\nin ${seconds(performance.now() - begin)}:`);
  print(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** What the tests of logins ask: ssh, ssh-keygen and ssh-agent. Where they can't be installed, these tests fail, each with its reason. */
async function installSsh(signal: AbortSignal): Promise<void> {
  try {
    await ensureTool('ssh-keygen', ['openssh-client'], hostReporter(report, 'this machine'), signal);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    report({ host: 'this machine', kind: 'failed', text: error.message });
  }
}

/** File names on the command line that are all of other tests make an engine unnecessary. */
function mayNeedLabs(args: readonly string[]): boolean {
  const files = args.filter(
    (word, index) => !word.startsWith('-') && !['-m', '--match'].includes(args[index - 1] ?? ''),
  );
  return files.length === 0 || files.some((file) => !file.includes('unit'));
}

type Preparation = { readonly ready: Promise<TestEngine | undefined>; readonly enough: AbortController };

/** The engine and the base images, in the making while the unit tests run. A failure reaches the tests that wait for them. */
function prepare(run: Run, interrupted: AbortSignal): Preparation {
  const enough = new AbortController();
  const work = async () => {
    let engine: TestEngine | undefined;
    try {
      engine = await openEngine(run, report);
      await makeBases(engine, run, report, AbortSignal.any([enough.signal, interrupted]));
    } catch (error) {
      const why = error instanceof LabError || error instanceof InputError ? error.message : String(error);
      report({ host: 'docker', kind: 'failed', text: why });
      for (const debian of RELEASES) await noteBase(run, debian, why);
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

/** AVA in a process group of its own: on Ctrl-C it is told to end, and ended when it does not. */
async function runAva(args: readonly string[], run: Run, interrupted: AbortSignal): Promise<Tally> {
  const tally = tallyAva();
  const colour = process.stdout.isTTY && !process.env.NO_COLOR ? ['--color'] : ['--no-color'];
  const ava = startNode('scripts/ava.js', [...colour, ...args], run.env, (line) => {
    tally.take(line);
    if (!interrupted.aborted) print(line);
  });
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

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { seconds } from '../../base/paint.ts';
import { isSelected } from '../../checks/run/selection.ts';
import { openLab } from '../lab/support/lab.ts';
import { PROJECT } from '../suite/child.ts';
import { catalogue } from './catalogue.ts';
import type { JudgedCheck } from './judge.ts';
import { killJson, killLine, killTable } from './kill-table.ts';
import { draftLab, type MutantLab, readyForMutants } from './lab.ts';
import { runCatalogue } from './run-catalogue.ts';
import { type MutantRun, runChecks, throughIdleProxy } from './run-mutant.ts';

const USAGE = `npm run mutants -- [--only PATTERN] [--list]
  --only PATTERN  only the mutants whose name matches, such as acl.* or will.late,dup.*
  --list          list them with their faults and the checks that must fail
Runs the checks against each mutant in a disposable lab of containers; needs a Docker engine that answers.
Exit code 0 when its checks caught every mutant, 1 when they missed one, 2 when it could not run.`;

const INTERRUPTED = 130;

/** `npm run mutants`: puts faults into a lab on purpose, and shows whether the checks catch them. */
export async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const mutants = catalogue(draftLab()).filter(({ name }) => isSelected(name, options.only));
  if (options.list) {
    for (const { name, what, caughtBy } of mutants) console.log(`${name}: ${what}; ${caughtBy.join(', ')}`);
    return 0;
  }
  if (mutants.length === 0) {
    console.error(`--only ${options.only}: no mutant has a name that matches`);
    return 2;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    return await inLab(async (lab) => {
      const begun = performance.now();
      passed('before the mutants, with a proxy that alters nothing', await throughIdleProxy(lab, interrupt.signal));
      const runs = await runCatalogue(lab, mutants, interrupt.signal, (run) => console.log(killLine(run)));
      if (interrupt.signal.aborted) return INTERRUPTED;
      await save(runs);
      passed('after the mutants', await runChecks(lab, await lab.live(), {}, interrupt.signal));
      const killed = runs.filter(({ kill }) => kill.outcome === 'killed').length;
      console.log(`${killed} of ${runs.length} mutants killed in ${seconds(performance.now() - begun)}`);
      return killed === runs.length ? 0 : 1;
    }, interrupt.signal);
  } catch (error) {
    console.error(`mutants: ${error instanceof Error ? error.message : String(error)}`);
    return interrupt.signal.aborted ? INTERRUPTED : 2;
  }
}

function readOptions(args: string[]): { only?: string | undefined; list: boolean } | undefined {
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string' }, list: { type: 'boolean' } } });
    return { only: values.only, list: values.list ?? false };
  } catch {
    return undefined;
  }
}

/** Does the work in a lab with a name and a folder of its own, and removes both. */
async function inLab(work: (lab: MutantLab) => Promise<number>, signal: AbortSignal): Promise<number> {
  await using testLab = await openLab(`mutants-${process.pid}`);
  console.log(`starting the lab ${testLab.name}`);
  const up = testLab.start(['up', '--no-verify'], { boundMs: 300_000 });
  signal.addEventListener('abort', up.interrupt, { once: true });
  const { code, all } = await up.ended;
  if (code !== 0) throw new Error(`the lab does not start:\n${all}`);
  return await work(await readyForMutants(testLab, signal));
}

/** Throws an Error when a check of the unmutated lab failed. */
function passed(when: string, checks: readonly JudgedCheck[]): void {
  const failed = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'inconclusive').map(({ id }) => id);
  if (failed.length > 0) throw new Error(`${when}, the lab fails ${failed.join(', ')}`);
  console.log(`${when}, the lab passes ${checks.length} checks`);
}

async function save(runs: readonly MutantRun[]): Promise<void> {
  const time = new Date().toISOString().replaceAll(':', '-').replace('.', '-');
  const folder = path.join(PROJECT, '.lab', 'mutants', time);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(path.join(folder, 'kills.json'), `${JSON.stringify(killJson(runs), null, 2)}\n`);
  await writeFile(path.join(folder, 'kills.md'), killTable(runs));
  console.log(`kill table: ${path.join(folder, 'kills.md')}`);
}

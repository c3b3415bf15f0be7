import { writeFile } from 'node:fs/promises';
import process from 'node:process';
import { Command } from 'commander';
import { errorMessage, InputError } from '../base/errors.ts';
import type { Scope } from '../checks/harness/check.ts';
import { fittedResults } from '../records/fit-results.ts';
import type { ResultsJson } from '../records/json/results.ts';
import { junitXml } from '../records/junit.ts';
import { openDisplay } from '../terminal/display.ts';
import { boundSeconds, runCount, seedNumber } from './bounds.ts';
import type { LabCommand } from './command.ts';
import type { Context } from './context.ts';
import { listenerOption } from './listener-option.ts';
import { outputFileMistakes } from './output-file.ts';
import { summarized } from './summarized.ts';
import { verifyOnce, verifyRepeatedly } from './verification.ts';

type Options = {
  quick?: true;
  disruptive?: true;
  only?: string;
  listener?: number;
  timeout?: number;
  repeat?: number;
  exhaustive?: true;
  seed?: number;
  json?: true;
  tap?: true;
  junit?: string;
  summary?: string;
};

/** `./lab verify`: runs the checks against the lab that is up. */
export function verify(): LabCommand {
  const command = new Command('verify')
    .description(
      'Prove on the wire that the lab does what the lab file says. Changes no file on a host. Replaces the retained messages of declared topics, then restores them.',
    )
    .option('--quick', 'the checks that `up` runs: no wait longer than one keep-alive expiry at 5 s')
    .option('--disruptive', 'also stop and crash the broker and reboot the Pis, and check what survives')
    .option(
      '--only <pattern>',
      'only checks whose id matches, such as will or auth,qos.matrix.*.v5; each pattern must match a check',
    )
    .addOption(listenerOption())
    .option(
      '--timeout <seconds>',
      'limit for the checks of one run (default: 180, with --disruptive 360); cleaning up may take 8 s more',
      boundSeconds,
    )
    .option(
      '--repeat <times>',
      'run the checks this many times, and count the failures of each; fails when interrupted',
      runCount,
    )
    .option(
      '--exhaustive',
      'run every check of a large lab; without it, a run leaves out some denials, last wills and wrong logins',
    )
    .option('--seed <number>', 'take the part that a run with this seed took', seedNumber)
    .option('--json', 'one JSON object on standard output, progress on standard error')
    .option('--tap', 'TAP version 14 on standard output, progress on standard error')
    .option(
      '--junit <file>',
      'write JUnit XML to this file; with --repeat, of the first run that failed, otherwise of the last',
    )
    .option('--summary <file>', 'write the recap to this file as Markdown, also when the command fails');
  return {
    command,
    async run(context) {
      const options = command.opts<Options>();
      await refuseContradictions(options);
      return await summarized(options.summary, (found) => run(context, options, found));
    },
  };
}

async function run(
  context: Context,
  options: Options,
  found: (results: ResultsJson) => Promise<void>,
): Promise<number> {
  const { only, listener, timeout, repeat, exhaustive, seed, json, tap, junit } = options;
  const display = await openDisplay(json === true || tap === true ? process.stderr : process.stdout);
  try {
    // a mistake in the lab file comes before everything else
    context.lab();
    const selection = { only, scope: scopeOf(options), exhaustive, seed };
    const timeoutMs = timeout === undefined ? undefined : timeout * 1000;
    const bounded = { ...selection, listener, timeoutMs };
    const results =
      repeat === undefined
        ? await verifyOnce(context, display, bounded)
        : await verifyRepeatedly(context, display, bounded, repeat);
    const fitted = fittedResults(results);
    await found(fitted);
    if (junit !== undefined) await writeFile(junit, junitXml(results));
    if (json === true) console.log(JSON.stringify(fitted));
    if (tap === true) console.log((await import('../records/tap.ts')).tapLines(results).join('\n'));
    return results.verdict === 'pass' ? 0 : 1;
  } catch (error) {
    if (tap === true) {
      const { tapBailOut } = await import('../records/tap.ts');
      console.log(tapBailOut(errorMessage(error)).join('\n'));
    }
    throw error;
  } finally {
    display.stop();
  }
}

/** Refused before anything runs: otherwise a report that cannot be written would show after minutes. */
async function refuseContradictions(options: Options): Promise<void> {
  const { quick, disruptive, exhaustive, seed, json, tap, junit, summary } = options;
  const mistakes = [
    ...(quick === true && disruptive === true ? ['--quick and --disruptive exclude each other'] : []),
    ...(exhaustive === true && seed !== undefined ? ['--exhaustive and --seed exclude each other'] : []),
    ...(json === true && tap === true ? ['--json and --tap exclude each other'] : []),
    ...(await outputFileMistakes('--junit', junit)),
    ...(await outputFileMistakes('--summary', summary)),
  ];
  if (mistakes.length > 0) throw new InputError(mistakes);
}

function scopeOf({ quick, disruptive }: Options): Scope {
  if (disruptive === true) return 'disruptive';
  return quick === true ? 'quick' : 'default';
}

import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { InputError } from '../base/errors.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { fittedResults } from '../records/fit-results.ts';
import { openDisplay } from '../terminal/display.ts';
import { boundSeconds } from './bounds.ts';
import type { LabCommand } from './command.ts';
import { type Context, labFileOf } from './context.ts';
import { verifyOnce } from './verification.ts';

type Options = { disruptive?: true; only?: string; timeout?: number; json?: true };

/** `./lab report`: a full run with its page, or the page of an earlier run. */
export function report(): LabCommand {
  const command = new Command('report')
    .description(
      "Measure everything that the checkpoint asks for and write it as one HTML page beside the run's records. With an earlier run: write its page again, without contacting a host.",
    )
    .argument('[run]', 'an earlier run: its name in .lab/runs, its folder, its results.json, latest or previous')
    .option('--disruptive', 'also stop and crash the broker and reboot the Pis, and show what survives')
    .option(
      '--only <pattern>',
      'only the checks whose id matches, such as qos or keepalive.traffic; the page names what it lacks',
    )
    .option('--timeout <seconds>', 'limit for the checks (default: 360); cleaning up may take 8 s more', boundSeconds)
    .option('--json', 'one JSON object on standard output, progress on standard error');
  return {
    command,
    async run(context) {
      const options = command.opts<Options>();
      const [run] = command.args;
      if (run === undefined) return await measure(context, options);
      const given = command.options.filter((option) => option.attributeName() in options && option.long !== '--lab');
      const meant = given.flatMap(({ long }) => (long === undefined || long === '--json' ? [] : [long]));
      if (meant.length > 0)
        throw new InputError([`${meant.join(', ')}: only for a new run, and the command line names an earlier one`]);
      return await again(labFileOf(command), run, options);
    },
  };
}

async function measure(context: Context, { disruptive, only, timeout, json }: Options): Promise<number> {
  const display = await openDisplay(json === true ? process.stderr : process.stdout);
  try {
    context.lab();
    const results = await verifyOnce(context, display, {
      scope: disruptive === true ? 'disruptive' : 'default',
      full: true,
      only,
      timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    });
    if (json === true) console.log(JSON.stringify(fittedResults(results)));
    return results.verdict === 'pass' ? 0 : 1;
  } finally {
    display.stop();
  }
}

/** Succeeds whatever the verdict of that run. */
async function again(labFile: string, run: string, { json }: Options): Promise<number> {
  const [{ folderOfRun, readRun }, { writePage }] = await Promise.all([
    import('../records/read-run.ts'),
    import('../report/page/write.ts'),
  ]);
  const runs = privateFolder({ directory: path.dirname(path.resolve(labFile)) }, 'runs');
  const folder = await folderOfRun(runs, run);
  const results = await readRun(folder);
  const page = await writePage(folder, results);
  const { print, stop } = await openDisplay(json === true ? process.stderr : process.stdout);
  print(`report: ${page}`);
  stop();
  if (json === true) console.log(JSON.stringify(fittedResults(results)));
  return 0;
}

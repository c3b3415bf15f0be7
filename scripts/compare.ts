import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { InputError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import { compareRuns } from '../report/compare/compare.ts';
import { findRuns } from '../report/compare/find-run.ts';
import { comparisonLines } from '../report/compare/lines.ts';
import type { LabCommand } from './command.ts';
import { labFileOf } from './context.ts';

type Options = { maxSlower?: number; json?: true };

/** `./lab compare`: what changed between two runs that were kept; no host is asked. */
export function compare(): LabCommand {
  const command = new Command('compare')
    .description(
      'Tell what changed between two runs of verify: verdicts, versions, sizes, times, latency. Reads their files only. Exit code 1 when a check that passed now fails.',
    )
    .argument(
      '[before]',
      "a run's folder or its results.json, its name in .lab/runs, latest or previous (default: previous)",
    )
    .argument('[after]', 'the run to compare it with (default: the latest)')
    .option(
      '--max-slower <percent>',
      'exit code 1 also when a latency is shown to be slower by more than this',
      percentage,
    )
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    logsIn: false,
    async run() {
      const { maxSlower, json = false } = command.opts<Options>();
      const [before, after] = command.args;
      // the lab file may have changed since, or be gone: runs lie beside it whatever is in it
      const directory = path.dirname(path.resolve(labFileOf(command)));
      const runs = await findRuns(privateFolder({ directory }, 'runs'), [before, after]);
      const comparison = compareRuns(...runs, maxSlower);
      if (comparison.common === 0) {
        throw new InputError([
          `${runs[0].name} and ${runs[1].name}: no check is in both, so that nothing can be compared`,
        ]);
      }
      if (json) console.log(JSON.stringify(comparison));
      else for (const line of comparisonLines(comparison, painter(process.stdout))) console.log(line);
      return comparison.verdict === 'pass' ? 0 : 1;
    },
  };
}

export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('a percentage from 0 on is needed');
  return value;
}

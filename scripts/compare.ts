import path from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { InputError } from '../base/errors.ts';
import { painter } from '../base/paint.ts';
import { privateFolder } from '../lab-file/private-folder.ts';
import type { ComparisonJson } from '../records/json/comparison.ts';
import { compareRuns } from '../report/compare/compare.ts';
import { findRuns } from '../report/compare/find-run.ts';
import { comparisonLines } from '../report/compare/lines.ts';
import type { LabCommand } from './command.ts';
import { labFileOf } from './context.ts';

type Options = { maxSlower?: number; json?: true };

/** `./lab compare`: what changed between two recorded runs; it contacts no host. */
export function compare(): LabCommand {
  const command = new Command('compare')
    .description(
      'Show what changed between two runs of verify: verdicts, versions, sizes, times, latency. Contacts no host. Exit code 1 when a check that passed now fails.',
    )
    .argument(
      '[before]',
      'the first run: its name in .lab/runs, its folder, its results.json, latest or previous (default: previous)',
    )
    .argument('[after]', 'the second run (default: latest)')
    .option(
      '--max-slower <percent>',
      'exit code 1 also when the median or the p99 of a latency rose by more than this',
      percentage,
    )
    .option('--json', 'one JSON object on standard output');
  return {
    command,
    logsIn: false,
    async run() {
      const { maxSlower, json = false } = command.opts<Options>();
      const [before, after] = command.args;
      // the lab file may have changed or be gone; its runs lie beside it
      const directory = path.dirname(path.resolve(labFileOf(command)));
      const runs = await findRuns(privateFolder({ directory }, 'runs'), [before, after]);
      const comparison = compareRuns(...runs, maxSlower);
      if (comparison.common === 0) {
        throw new InputError([`${runs[0].name} and ${runs[1].name}: have no check in common to compare`]);
      }
      if (json) console.log(JSON.stringify(comparison satisfies ComparisonJson));
      else for (const line of comparisonLines(comparison, painter(process.stdout))) console.log(line);
      return comparison.verdict === 'pass' ? 0 : 1;
    },
  };
}

export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('give a percentage of 0 or more');
  return value;
}

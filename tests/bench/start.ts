import process from 'node:process';
import { LAB } from './lab-command.ts';
import { type Part, partOf } from './part.ts';
import { runTimed } from './timed.ts';

/** How long ./lab takes to start, beside Node itself. */
export function start(): Part {
  return partOf(
    'start',
    async ({ signal }) => {
      const node = await runTimed(process.execPath, ['-e', '0'], { signal });
      const help = await runTimed(process.execPath, [LAB, 'plan', '--help'], { signal });
      return { node: node.seconds, help: help.seconds };
    },
    (of) => [
      { name: 'plan --help', median: of(({ help }) => help), unit: 's', target: { most: 0.5 } },
      { name: '  node -e 0', median: of(({ node }) => node), unit: 's' },
    ],
  );
}

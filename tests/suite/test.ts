import { readdirSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../base/errors.ts';
import { readArguments } from './arguments.ts';
import { filesOf } from './build-tests.ts';
import { PROJECT } from './child.ts';
import { runTests } from './run-tests.ts';

/**
 * `npm test [-- FILE… --match TITLE]`: types, lint, unit tests and a few labs in containers; of named files or folders their tests alone. Needs Debian or Ubuntu with root or sudo, or a Docker engine that answers.
 */
export async function main(args: string[]): Promise<number> {
  try {
    const { sources, options } = readArguments(args);
    // an image of Debian 13 takes a minute, and no lab here is of that
    const own = sources.every((source) => /^tests\/(unit|lab)\b/.test(source)) ? { debians: [12] as const } : {};
    if (sources.length > 0) {
      return await runTests({ sources: sources.flatMap((source) => LAYERS[source]?.() ?? source), options, ...own });
    }
    const all = Object.values(LAYERS).flatMap((list) => list());
    return await runTests({ sources: all, options, static: args.length === 0, ...own });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

/** Each entry runs in a process of its own: the folders of tests/unit, its other files, and the labs. */
const LAYERS: Readonly<Record<string, () => string[]>> = {
  'tests/unit': () => {
    const entries = readdirSync(path.join(PROJECT, 'tests/unit'), { withFileTypes: true });
    const units = entries.filter((entry) => entry.isDirectory() || /^[^_].*\.ts$/.test(entry.name));
    return units.map(({ name }) => `tests/unit/${name}`);
  },
  'tests/lab': () => filesOf('tests/lab'),
};

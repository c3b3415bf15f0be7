import { readdirSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../base/errors.ts';
import { readArguments } from './arguments.ts';
import { filesOf } from './build-tests.ts';
import { PROJECT } from './child.ts';
import { runTests } from './run-tests.ts';

/**
 * `npm test [-- FILE… --match TITLE]`: types, lint, unit tests and a lab in containers for each command; of named files or folders their tests
 * alone. Needs Debian or Ubuntu with root or sudo, or a Docker engine that answers.
 */
export async function main(args: string[]): Promise<number> {
  try {
    const { sources, options } = readArguments(args);
    if (sources.length > 0) return await runTests({ sources, options });
    // its labs are of Debian 12
    return await runTests({ sources: allTests(), options, static: args.length === 0, debians: [12] });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
}

/** The folders of tests/unit as a process each, its other files, and the labs. */
function allTests(): string[] {
  const entries = readdirSync(path.join(PROJECT, 'tests/unit'), { withFileTypes: true });
  const units = entries.filter((entry) => entry.isDirectory() || /^[^_].*\.ts$/.test(entry.name));
  return [...units.map(({ name }) => `tests/unit/${name}`), ...filesOf('tests/lab')];
}

import { readArguments } from './arguments.ts';
import { filesOf } from './build-tests.ts';
import { runTests } from './run-tests.ts';

/** Runs the named test files, or else those of a folder. */
export async function runLayer(
  folder: string,
  args: readonly string[],
  ownOptions: readonly string[] = [],
): Promise<number> {
  const { sources, options } = readArguments(args);
  return await runTests({
    sources: sources.length > 0 ? sources : filesOf(folder),
    options: [...ownOptions, ...options],
  });
}

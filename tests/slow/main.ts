import { readArguments } from '../suite/arguments.ts';
import { testFiles } from '../suite/build-tests.ts';
import { runTests } from '../suite/run-tests.ts';

/** `npm run test:slow [-- --match TITLE]`: tests that take too long for `npm test`, one file at a time since some measure time. */
export async function main(args: string[]): Promise<number> {
  const all = testFiles('tests/slow').filter((file) => /^tests\/slow\/(?!main\b)[^/]+$/.test(file));
  const { sources, options } = readArguments(args);
  return await runTests({
    sources: sources.length > 0 ? sources : all,
    options: ['--concurrency', '1', '--timeout', '10m', ...options],
  });
}

import { writeFile } from 'node:fs/promises';
import { ignoreFailure } from '../base/errors.ts';
import { failureJson } from '../records/results.ts';
import type { Summarized } from '../report/summary/summary.ts';

/** Runs a command, and writes the file of `--summary`, also where the command fails: then with its error and with what it had found until then. */
export async function summarized(
  file: string | undefined,
  run: (found: (results: Summarized['run']) => void) => Promise<number>,
): Promise<number> {
  let latest: Summarized['run'];
  const write = async (failure?: Summarized['failure']) => {
    if (file === undefined) return;
    const { summary } = await import('../report/summary/summary.ts');
    await writeFile(file, summary({ run: latest, failure }));
  };
  try {
    const exitCode = await run((results) => {
      latest = results;
    });
    await write();
    return exitCode;
  } catch (error) {
    // the error of the command matters more
    await ignoreFailure(write(failureJson(error)));
    throw error;
  }
}

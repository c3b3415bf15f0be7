import { writeFile } from 'node:fs/promises';
import { errorMessage, InputError, ignoreFailure } from '../base/errors.ts';
import { failureJson } from '../records/results.ts';
import type { Summarized } from '../report/summary/summary.ts';

/** Runs a command, and writes the file of `--summary`, also where the command fails: then with its error and with what it had found until then. */
export async function summarized(
  file: string | undefined,
  run: (found: (results: Summarized['run']) => Promise<void>) => Promise<number>,
): Promise<number> {
  let latest: Summarized['run'];
  const write = async (failure?: Summarized['failure']) => {
    if (file === undefined) return;
    const { summary } = await import('../report/summary/summary.ts');
    await writeFile(file, summary({ run: latest, failure })).catch((error) => {
      throw new InputError([`--summary ${file}: cannot be written: ${errorMessage(error)}`]);
    });
  };
  try {
    return await run(async (results) => {
      latest = results;
      // before the command prints its object, since a failure prints another one
      await write();
    });
  } catch (error) {
    // the error of the command matters more
    await ignoreFailure(write(failureJson(error)));
    throw error;
  }
}

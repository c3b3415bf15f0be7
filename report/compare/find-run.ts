import path from 'node:path';
import { errorMessage, InputError } from '../../base/errors.ts';
import type { Environment } from '../../records/environment.ts';
import { findRun, RESULTS } from '../../records/find-run.ts';
import { isLeftOut } from '../../records/left-out.ts';
import { readResults } from '../../records/read-run.ts';
import type { CheckRecord } from '../../records/record.ts';

/** A run that ended, as `compare` reads it. */
export type ComparedRun = {
  /** Its folder's name, or the file that it was read from. */
  readonly name: string;
  readonly file: string;
  readonly environment: Environment;
  /** By id, without those that the run left out. */
  readonly records: ReadonlyMap<string, CheckRecord>;
};

/**
 * Reads the two runs of a command line: names of folders in `directory`, paths of a run's folder or of its results.json, `latest` or `previous`.
 * One run is compared with the latest; without any, the last two are compared. Throws an InputError with every mistake.
 */
export async function findRuns(
  directory: string,
  wanted: readonly [before?: string | undefined, after?: string | undefined],
): Promise<readonly [before: ComparedRun, after: ComparedRun]> {
  const [before = 'previous', after = 'latest'] = wanted;
  const [one, other] = await Promise.all([readWanted(directory, before), readWanted(directory, after)]);
  if ('mistake' in one || 'mistake' in other) {
    const mistakes = [one, other].flatMap((run) => ('mistake' in run ? [run.mistake] : []));
    throw new InputError([...new Set(mistakes)]);
  }
  if (path.resolve(one.file) === path.resolve(other.file)) {
    throw new InputError([`${one.name}: is both runs; name two different ones`]);
  }
  return [one, other];
}

/** Only a run that ended has results to compare. */
async function readWanted(directory: string, wanted: string): Promise<ComparedRun | { readonly mistake: string }> {
  const found = await findRun({ directory, files: [RESULTS] }, wanted);
  if (found.kind === 'unknown') return { mistake: found.reason };
  const { file } = found;
  const results = await readResults(file).catch((error: unknown) => ({ mistake: errorMessage(error) }));
  if ('mistake' in results) return results;
  const { checks, environment } = results;
  const ran = checks.filter((record) => !isLeftOut(record));
  return { name: nameOf(file), file, environment, records: new Map(ran.map((record) => [record.id, record])) };
}

function nameOf(file: string): string {
  return path.basename(file) === RESULTS ? path.basename(path.dirname(path.resolve(file))) : file;
}

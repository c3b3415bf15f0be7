import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../base/errors.ts';
import { findRun, RESULTS } from '../../records/find-run.ts';
import { type KeptRun, parseRun } from './run.ts';

/**
 * The two runs that a command line asks for, read: names of folders in `directory`, paths of a run's folder or of its results.json, `latest` or
 * `previous`. One is compared with the latest, none means the last two. Throws InputError with every mistake.
 */
export async function findRuns(
  directory: string,
  wanted: readonly [before?: string | undefined, after?: string | undefined],
): Promise<readonly [before: KeptRun, after: KeptRun]> {
  const [before = 'previous', after = 'latest'] = wanted;
  const found = await Promise.all([readWanted(directory, before), readWanted(directory, after)]);
  const [one, other] = found;
  if (typeof one === 'string' || typeof other === 'string') {
    throw new InputError([...new Set(found.filter((run) => typeof run === 'string'))]);
  }
  if (path.resolve(one.file) === path.resolve(other.file)) {
    throw new InputError([`${one.name} is both runs: there is nothing to compare; give two`]);
  }
  return [one, other];
}

/** Only a run that came to its end has what is compared. */
async function readWanted(directory: string, wanted: string): Promise<KeptRun | string> {
  const found = await findRun({ directory, files: [RESULTS] }, wanted);
  if (found.kind === 'unknown') return found.reason;
  const { file } = found;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return `${file}: it can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const run = parseRun(nameOf(file), file, text);
  return typeof run === 'string' ? `${file}: ${run}` : run;
}

function nameOf(file: string): string {
  return path.basename(file) === RESULTS ? path.basename(path.dirname(path.resolve(file))) : file;
}

import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../provisioning/errors.ts';
import { didYouMean } from '../../provisioning/lab-file/nearest.ts';
import { RUN_NAME } from '../run-folder.ts';
import { type KeptRun, parseRun } from './run.ts';

const RESULTS = 'results.json';
/** So many of the runs that there are can be told in an error. */
const MOST_NAMED = 3;

/**
 * The two runs that a command line asks for, read: names of folders in `directory`, paths of a run's folder or of its results.json, `latest` or
 * `previous`. One is compared with the latest, none means the last two. Throws InputError with every mistake.
 */
export async function findRuns(
  directory: string,
  wanted: readonly [before?: string | undefined, after?: string | undefined],
): Promise<readonly [before: KeptRun, after: KeptRun]> {
  const kept = await finishedRuns(directory);
  const [before = 'previous', after = 'latest'] = wanted;
  const found = await Promise.all([readWanted(before, directory, kept), readWanted(after, directory, kept)]);
  const [one, other] = found;
  if (typeof one === 'string' || typeof other === 'string') {
    throw new InputError([...new Set(found.filter((run) => typeof run === 'string'))]);
  }
  if (path.resolve(one.file) === path.resolve(other.file)) {
    throw new InputError([`${one.name} is both runs: there is nothing to compare; give two`]);
  }
  return [one, other];
}

/** Names of the runs that came to their end, the oldest first; none where the folder is not there. */
async function finishedRuns(directory: string): Promise<string[]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => RUN_NAME.test(name));
  const there = await Promise.all(names.map((name) => isFile(path.join(directory, name, RESULTS))));
  return names.filter((_, index) => there[index] === true).sort();
}

async function readWanted(wanted: string, directory: string, kept: readonly string[]): Promise<KeptRun | string> {
  const file = await fileOf(wanted, directory, kept);
  if (file === undefined) return unknownRun(wanted, directory, kept);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return `${file}: it can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const run = parseRun(nameOf(file), file, text);
  return typeof run === 'string' ? `${file}: ${run}` : run;
}

/** The results.json that is meant; undefined where there is none. */
async function fileOf(wanted: string, directory: string, kept: readonly string[]): Promise<string | undefined> {
  const name = { latest: kept.at(-1), previous: kept.at(-2) }[wanted] ?? wanted;
  const places = [path.join(directory, name, RESULTS), path.join(name, RESULTS), name];
  for (const place of places) if (await isFile(place)) return place;
  return undefined;
}

async function unknownRun(wanted: string, directory: string, kept: readonly string[]): Promise<string> {
  const there = kept.slice(-MOST_NAMED).reverse();
  const newest = there.length === 0 ? 'none is kept' : `the newest are ${there.join(', ')}`;
  if (wanted === 'latest' || wanted === 'previous') {
    const need = wanted === 'latest' ? 'a run' : 'two runs';
    return `${wanted}: ${need} needed in ${directory}, and ${kept.length === 0 ? 'none' : 'one'} is kept; ./lab verify makes one`;
  }
  for (const place of [path.join(directory, wanted), wanted]) {
    if (await isFolder(place))
      return `${place}: it has no ${RESULTS}: no run, or one that did not come to its end; ${newest}`;
  }
  return `${wanted}: there is no such run in ${directory}${didYouMean(wanted, [...kept, 'latest', 'previous'])}; ${newest}`;
}

function nameOf(file: string): string {
  return path.basename(file) === RESULTS ? path.basename(path.dirname(path.resolve(file))) : file;
}

async function isFile(place: string): Promise<boolean> {
  return await stat(place).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isFolder(place: string): Promise<boolean> {
  return await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../base/nearest.ts';
import { RUN_NAME } from './run-folder.ts';

export const RESULTS = 'results.json';
/** All that a run has that was interrupted. */
export const RECORDS = 'records.jsonl';
/** So many of the runs that there are can be told in an error. */
const MOST_NAMED = 3;

/** Where runs are kept, and the files of which one makes a folder a run, the one that is rather read first. */
export type Runs = { readonly directory: string; readonly files: readonly string[] };
export type Found =
  | { readonly kind: 'found'; readonly file: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The file that is meant by a run of a command line: the name of a folder among the runs, the path of a run's folder or of such a file, `latest` or
 * `previous`. What is told of an unknown one begins with it and names the newest that there are.
 */
export async function findRun(runs: Runs, wanted: string): Promise<Found> {
  const { directory, files } = runs;
  const kept = await keptRuns(runs);
  const name = named(wanted, kept);
  const folders = [path.join(directory, name), name];
  const places = [...folders.flatMap((folder) => files.map((file) => path.join(folder, file))), name];
  for (const file of places) if (await isFile(file)) return { kind: 'found', file };
  return { kind: 'unknown', reason: await unknownRun(runs, wanted, kept) };
}

/** Names of the runs that are kept, the oldest first; none where the folder is not there. */
async function keptRuns({ directory, files }: Runs): Promise<string[]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => RUN_NAME.test(name)).sort();
  const there = await Promise.all(
    names.map((name) => Promise.all(files.map((file) => isFile(path.join(directory, name, file))))),
  );
  return names.filter((_, index) => there[index]?.includes(true));
}

function named(wanted: string, kept: readonly string[]): string {
  if (wanted === 'latest') return kept.at(-1) ?? wanted;
  return wanted === 'previous' ? (kept.at(-2) ?? wanted) : wanted;
}

async function unknownRun({ directory, files }: Runs, wanted: string, kept: readonly string[]): Promise<string> {
  const there = kept.slice(-MOST_NAMED).reverse();
  const newest = there.length === 0 ? 'none is kept' : `the newest are ${there.join(', ')}`;
  if (wanted === 'latest' || wanted === 'previous') {
    const need = wanted === 'latest' ? 'a run' : 'two runs';
    return `${wanted}: ${need} needed in ${directory}, and ${kept.length === 0 ? 'none' : 'one'} is kept; ./lab verify makes one`;
  }
  for (const place of [path.join(directory, wanted), wanted]) {
    if (!(await isFolder(place))) continue;
    const lacks = files.map((file) => `no ${file}`).join(' and ');
    return `${place}: it has ${lacks}: no run, or one that did not come to its end; ${newest}`;
  }
  return `${wanted}: there is no such run in ${directory}${didYouMean(wanted, [...kept, 'latest', 'previous'])}; ${newest}`;
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

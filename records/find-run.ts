import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { CALLED_AS } from '../base/called-as.ts';
import { ignoreFailure } from '../base/errors.ts';
import { didYouMean } from '../base/nearest.ts';
import { RUN_NAME } from './run-folder.ts';

export const RESULTS = 'results.json';
/** All that an interrupted run has. */
export const RECORDS = 'records.jsonl';
/** How many runs an error names. */
const MOST_NAMED = 3;

/** The folder of all runs, and the files that make a folder a run, the preferred one first. */
export type Runs = { readonly directory: string; readonly files: readonly string[] };
export type FoundRun =
  | { readonly kind: 'found'; readonly file: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The file of the run that a command line names: the name of a run, the path of its folder or of such a file, `latest` or `previous`. The reason
 * for an unknown run begins with the name and lists the newest runs.
 */
export async function findRun(runs: Runs, wanted: string): Promise<FoundRun> {
  const { directory, files } = runs;
  const names = await namesOf(runs);
  const name = resolved(wanted, names);
  const folders = [path.join(directory, name), name];
  const places = [...folders.flatMap((folder) => files.map((file) => path.join(folder, file))), name];
  for (const file of places) if (await isFile(file)) return { kind: 'found', file };
  return { kind: 'unknown', reason: await reasonFor(runs, wanted, names) };
}

/** Names of the runs, the oldest first; none where the folder does not exist. */
async function namesOf({ directory, files }: Runs): Promise<string[]> {
  const names = ((await ignoreFailure(readdir(directory))) ?? []).filter((name) => RUN_NAME.test(name)).sort();
  const exist = await Promise.all(
    names.map((name) => Promise.all(files.map((file) => isFile(path.join(directory, name, file))))),
  );
  return names.filter((_, index) => exist[index]?.includes(true));
}

function resolved(wanted: string, names: readonly string[]): string {
  if (wanted === 'latest') return names.at(-1) ?? wanted;
  return wanted === 'previous' ? (names.at(-2) ?? wanted) : wanted;
}

async function reasonFor({ directory, files }: Runs, wanted: string, names: readonly string[]): Promise<string> {
  const newest = names.slice(-MOST_NAMED).reverse();
  const others = newest.length === 0 ? 'there are no runs' : `the newest are ${newest.join(', ')}`;
  if (wanted === 'latest' || wanted === 'previous') {
    const lacks = names.length === 0 ? 'no run' : 'only one run';
    return `${wanted}: ${directory} has ${lacks}; ${CALLED_AS} verify makes one`;
  }
  for (const place of [path.join(directory, wanted), wanted]) {
    if (!(await isFolder(place))) continue;
    const lacks = files.map((file) => `no ${file}`).join(' and ');
    return `${place}: has ${lacks}, so it is no run, or one that did not finish; ${others}`;
  }
  return `${wanted}: no such run in ${directory}${didYouMean(wanted, [...names, 'latest', 'previous'])}; ${others}`;
}

async function isFile(place: string): Promise<boolean> {
  return (await ignoreFailure(stat(place)))?.isFile() === true;
}

async function isFolder(place: string): Promise<boolean> {
  return (await ignoreFailure(stat(place)))?.isDirectory() === true;
}

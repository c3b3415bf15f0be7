import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ignoreFailure } from '../base/errors.ts';
import type { Environment } from './environment.ts';
import { fittedResults, resultsText } from './fit-results.ts';
import { junitXml } from './junit.ts';
import type { CheckRecord } from './record.ts';
import { type Results, results } from './results.ts';

/** A run's folder: `records.jsonl` grows with each record, `results.json` and `junit.xml` come at the end. */
export type RunFolder = {
  readonly path: string;
  add(record: CheckRecord): void;
  /** Waits until the records so far are on disk, or can't be written. */
  flush(): Promise<void>;
  /** Writes results.json and junit.xml after the last record. Returns all results; results.json may hold fewer. */
  finish(environment: Environment): Promise<Results>;
};

/** How many runs a lab keeps. */
export const KEPT_RUNS = 50;

/** A run's name: ISO 8601 without colons, which some file systems refuse. */
export const RUN_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

/** Makes `<directory>/<time>`, readable by this user alone. */
export async function openRunFolder(directory: string, startedAt: Date): Promise<RunFolder> {
  const folder = path.join(directory, startedAt.toISOString().replaceAll(':', '-'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const records: CheckRecord[] = [];
  const file = path.join(folder, 'records.jsonl');
  let waiting = '';
  const append = async () => {
    const text = waiting;
    waiting = '';
    if (text !== '') await appendFile(file, text, { mode: 0o600 });
  };
  let writing: Promise<void> = Promise.resolve();
  return {
    path: folder,
    add(record) {
      records.push(record);
      waiting += `${JSON.stringify(record)}\n`;
      // one write takes all records that came during the last one
      writing = writing.then(append);
      // finish reports it
      void ignoreFailure(writing);
    },
    async flush() {
      await ignoreFailure(writing);
    },
    async finish(environment) {
      await writing;
      const all = results(records, environment);
      await writeFile(path.join(folder, 'results.json'), resultsText(fittedResults(all)), { mode: 0o600 });
      await writeFile(path.join(folder, 'junit.xml'), junitXml(all), { mode: 0o600 });
      return all;
    },
  };
}

/** Removes all but the newest runs, and nothing else in the folder. */
export async function pruneRuns(directory: string, count: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => RUN_NAME.test(name)).sort();
  const old = names.slice(0, Math.max(0, names.length - count));
  for (const name of old) await rm(path.join(directory, name), { recursive: true, force: true });
}

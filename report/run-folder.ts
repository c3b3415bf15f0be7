import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Results, results } from './json.ts';
import type { CheckRecord } from './record.ts';

/** Where a run's records are kept: `records.jsonl` as they come, `results.json` at the end. */
export type RunFolder = {
  readonly path: string;
  add(record: CheckRecord): void;
  /** Writes results.json when every record is written; gives what is in it. */
  finish(): Promise<Results>;
};

/** Makes `<directory>/<time>`, which only this user can read. The time is ISO 8601 without the colons, which not every file system takes. */
export async function openRunFolder(directory: string, startedAt: Date): Promise<RunFolder> {
  const folder = path.join(directory, startedAt.toISOString().replaceAll(':', '-'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const records: CheckRecord[] = [];
  let writing: Promise<void> = Promise.resolve();
  return {
    path: folder,
    add(record) {
      records.push(record);
      const text = `${JSON.stringify(record)}\n`;
      writing = writing.then(() => appendFile(path.join(folder, 'records.jsonl'), text, { mode: 0o600 }));
      // told by finish
      writing.catch(() => undefined);
    },
    async finish() {
      await writing;
      const all = results(records);
      await writeFile(path.join(folder, 'results.json'), `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
      return all;
    },
  };
}

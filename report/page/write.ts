import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';
import { pageHtml } from './page.tsx';
import { drawnCheck } from './parts/check-details.tsx';

/** Name of the page in a run's folder. */
export const PAGE = 'report.html';

/** Draws what a page says of a record before there is a page; it is not drawn again. */
export function drawAhead(record: CheckRecord): void {
  drawnCheck(record);
}

/** Writes the report of a run into its folder, for this user alone, and gives its path; the records come from records.jsonl beside it. */
export async function writePage(folder: string, results: Results): Promise<string> {
  const file = path.join(folder, PAGE);
  const records = await readFile(path.join(folder, 'records.jsonl'), 'utf8').catch(() => linesOf(results));
  // renamed, so that a browser that loads it again never sees half of it
  const staged = `${file}.part`;
  await writeFile(staged, pageHtml(results, records), { mode: 0o600 });
  await rename(staged, file);
  return file;
}

function linesOf({ checks }: Results): string {
  return checks.map((record) => `${JSON.stringify(record)}\n`).join('');
}

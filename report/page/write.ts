import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckRecord } from '../../records/record.ts';
import type { Results } from '../../records/results.ts';
import { pageHtml } from './page.tsx';
import { drawnCheck } from './parts/check-details.tsx';

/** Name of the page in a run's folder. */
export const PAGE = 'report.html';

/** Draws a record for the page in advance. */
export function drawAhead(record: CheckRecord): void {
  drawnCheck(record);
}

/** Writes a run's page into its folder, readable by this user alone, and returns its path. It holds the records of records.jsonl. */
export async function writePage(folder: string, results: Results): Promise<string> {
  const file = path.join(folder, PAGE);
  const records = await readFile(path.join(folder, 'records.jsonl'), 'utf8').catch(() => linesOf(results));
  // renamed, so that a browser never loads half a page
  const staged = `${file}.part`;
  await writeFile(staged, pageHtml(results, records), { mode: 0o600 });
  await rename(staged, file);
  return file;
}

function linesOf({ checks }: Results): string {
  return checks.map((record) => `${JSON.stringify(record)}\n`).join('');
}

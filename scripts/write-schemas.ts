import { writeFile } from 'node:fs/promises';
import { renderJsonSchema } from '../lab-file/json-schema.ts';
import { renderResultsSchema } from '../records/json/schema.ts';

/** Writes lab.schema.json, which lab.yaml's first line points editors to, and results.schema.json. Takes no arguments. */
export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('schema: takes no arguments');
    return 2;
  }
  await writeFile(new URL('../lab.schema.json', import.meta.url), renderJsonSchema());
  await writeFile(new URL('../results.schema.json', import.meta.url), renderResultsSchema());
  return 0;
}

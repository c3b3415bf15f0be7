import { writeFile } from 'node:fs/promises';
import { renderJsonSchema } from './json-schema.ts';

const FILE = new URL('../lab.schema.json', import.meta.url);

/** Writes lab.schema.json, the JSON Schema that lab.yaml's first line points editors to. Takes no arguments. */
export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('schema: takes no arguments');
    return 2;
  }
  await writeFile(FILE, renderJsonSchema());
  return 0;
}

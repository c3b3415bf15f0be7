import { readFileSync } from 'node:fs';

/** The text of a file beside the module that calls, such as `textFile('install.sh', import.meta.url)`. */
export function textFile(name: string, moduleUrl: string): string {
  return readFileSync(new URL(name, moduleUrl), 'utf8');
}

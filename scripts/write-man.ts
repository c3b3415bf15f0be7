import { writeFile } from 'node:fs/promises';
import { EXIT_CODES, wholeProgram } from './lab.ts';
import { manPage } from './man-page.ts';

/** Writes man/mqtt-lab.1 from the help of the commands. Takes no arguments. */
export async function main(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error('man: takes no arguments');
    return 2;
  }
  await writeFile(new URL('../man/mqtt-lab.1', import.meta.url), manPage(await wholeProgram(), EXIT_CODES.trim()));
  return 0;
}

import { quote } from './quote.ts';
import { textFile } from './text-file.ts';

/**
 * The script in a `.sh` file beside the calling module, with its values assigned in front. The file names them
 * in its first command, `: "${folder?}" "${tries?}"`, so that a missing one ends the script.
 */
export function shellScript(
  name: string,
  moduleUrl: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const assignments = Object.entries(values).map(([variable, value]) => `${variable}=${quote(String(value))}\n`);
  return `${assignments.join('')}${textFile(name, moduleUrl).trimEnd()}`;
}

import { PLAIN_WORD, quote } from './quote.ts';
import { textFile } from './text-file.ts';

/** What a script gets in front: a text, a number, or a list for an unquoted `for`. */
type Value = string | number | readonly string[];

/**
 * The script in a `.sh` file beside the calling module, with its values assigned in front. The file names them
 * in its first command, `: "${folder?}" "${tries?}"`, so that a missing one ends the script.
 */
export function shellScript(name: string, moduleUrl: string, values: Readonly<Record<string, Value>> = {}): string {
  const assignments = Object.entries(values).map(([variable, value]) => `${variable}=${assigned(value)}\n`);
  return `${assignments.join('')}${textFile(name, moduleUrl).trimEnd()}`;
}

function assigned(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return quote(String(value));
  // sh splits a list at its spaces, and would split or expand any other word
  const odd = value.find((word) => !PLAIN_WORD.test(word));
  if (odd !== undefined) throw new Error(`not a plain shell word: ${odd}`);
  return `'${value.join(' ')}'`;
}

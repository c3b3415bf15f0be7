import { readDocument } from './document.ts';
import { draftOf } from './draft.ts';
import { checkRules } from './rules.ts';
import { checkShape } from './shape.ts';

/** What is wrong with the text of a lab file, whatever passwords, files and networks this machine has. */
export function mistakesInText(text: string): string[] {
  const { broken, mistakes, value } = readDocument(text);
  const machine = { interfaces: {}, isFile: () => true, keyFault: () => undefined };
  const found = [...checkShape(value).mistakes, ...checkRules(draftOf(value), machine)];
  return [...broken, ...mistakes, ...found].map((mistake) => mistake.text);
}

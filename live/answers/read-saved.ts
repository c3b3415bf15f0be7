import { readFile } from 'node:fs/promises';
import { errorMessage, InputError } from '../../base/errors.ts';
import { printable } from '../../base/paint.ts';
import { type Saved, savedSchema } from '../protocol.ts';
import { embeddedIn } from './embedded.ts';

const MOST_MISTAKES = 5;

/** What `saveAnswers` wrote, HTML or JSON. Throws an InputError for another file. */
export async function readSaved(file: string): Promise<Saved> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new InputError([`${file}: cannot be read: ${errorMessage(error)}`]);
  });
  const { success, data, error } = savedSchema.safeParse(jsonOf(file, text));
  if (success) return data;
  const mistakes = error.issues.map(({ path, message }) => printable(`${file}: ${path.join('.')}: ${message}`));
  const more = mistakes.length > MOST_MISTAKES ? [`and ${mistakes.length - MOST_MISTAKES} more mistakes`] : [];
  throw new InputError([`${file}: this is no saved live view`, ...mistakes.slice(0, MOST_MISTAKES), ...more]);
}

function jsonOf(file: string, text: string): unknown {
  const json = text.trimStart().startsWith('<') ? embeddedIn(text) : text;
  if (json === undefined) throw new InputError([`${file}: this is no saved live view: the page has no transcript`]);
  try {
    return JSON.parse(json);
  } catch {
    throw new InputError([`${file}: this is no saved live view: it is neither JSON nor a page with JSON in it`]);
  }
}

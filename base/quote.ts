/** A word that sh takes as it is, without quotes. */
export const PLAIN_WORD = /^[A-Za-z0-9_./:@%+=,-]+$/;

/** Quotes a word for POSIX shell, so that the text stands for itself. Throws for NUL, which no word can contain. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a shell word cannot contain NUL');
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

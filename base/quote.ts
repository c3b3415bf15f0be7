const PLAIN_WORD = /^[A-Za-z0-9_./:@%+=,-]+$/;

/** Quotes a word for POSIX shell, so that the text stands for itself. Throws for NUL, which no word can contain. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a shell word cannot contain NUL');
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Assignments for the front of a script, a line each: `assignments({ PORT: 1883, FILES: ['/etc/a', '/etc/b'] })`.
 * Names are in capitals: in a `.sh` file every name in capitals is a value that comes from TypeScript.
 * A list is for an unquoted `for`; its words are plain, since sh would split or expand others.
 */
export function assignments(values: Readonly<Record<string, string | number | readonly string[]>>): string {
  const lines = Object.entries(values).map(([name, value]) => {
    if (typeof value === 'string' || typeof value === 'number') return `${name}=${quote(String(value))}\n`;
    const odd = value.find((word) => !PLAIN_WORD.test(word));
    if (odd !== undefined) throw new Error(`not a plain shell word: ${odd}`);
    return `${name}='${value.join(' ')}'\n`;
  });
  return lines.join('');
}

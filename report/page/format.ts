const UNSEEN = /[^\P{Cc}\n\t]|[\p{Cs}\p{Bidi_Control}]/gu;

/** Text or HTML with control characters and bidirectional controls made visible. */
export function shown(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** `12,345`. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** Microseconds as milliseconds with three significant digits, such as `0.184` or `41.2`. */
export function msOfUs(us: number): string {
  const ms = us / 1000;
  if (ms >= 100) return whole(ms);
  return ms.toFixed(ms >= 10 ? 1 : ms >= 1 ? 2 : 3);
}

/** `10 kB` for a round thousand, else `100 B`. */
export function bytesText(bytes: number): string {
  return bytes >= 1000 && bytes % 1000 === 0 ? `${whole(bytes / 1000)} kB` : `${whole(bytes)} B`;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 check`, `2 checks`. */
export function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? '' : 's'}`;
}

import { inspect } from 'node:util';

/** The shortest piece of a secret that `masked` hides. A shorter one may be a user's name as well. */
const PIECE = 8;
const SHOWN = '[secret]';

/** Every piece of every secret of this process. */
const pieces = new Set<string>();
/** The first two characters of each piece: most positions of a text need no look at `pieces`. */
const beginnings = new Set<number>();

/** A password that no code prints by accident: it always shows as `[secret]`, and only `reveal` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      pieces.add(text.slice(at, at + PIECE));
      beginnings.add(beginningAt(text, at));
    }
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** A text from a host, a client or a broker, without the secrets and their pieces of 8 characters or more. */
export function masked(text: string): string {
  let result = '';
  let shownTo = 0;
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (!isPieceAt(text, at)) continue;
    const from = at;
    while (isPieceAt(text, at + 1)) at += 1;
    result += `${text.slice(shownTo, from)}${SHOWN}`;
    shownTo = at + PIECE;
    at = shownTo - 1;
  }
  return shownTo === 0 ? text : result + text.slice(shownTo);
}

/** The same value with every text in it masked, except keys. */
export function maskedValue<T>(value: T): T;
export function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return masked(value);
  if (Array.isArray(value)) return value.map((item) => maskedValue(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskedValue(item)]));
}

function isPieceAt(text: string, at: number): boolean {
  return beginnings.has(beginningAt(text, at)) && pieces.has(text.slice(at, at + PIECE));
}

function beginningAt(text: string, at: number): number {
  return text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);
}

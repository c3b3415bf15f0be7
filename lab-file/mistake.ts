/** Where a value lies in the lab file: keys and list indices from the root. */
export type Path = readonly (string | number)[];

/** One mistake in the lab file, with its place. The text is "SUBJECT what is wrong; what is allowed". */
export type Mistake = {
  readonly path: Path;
  /** The part of the entry at `path` that the position shows. */
  readonly at: 'key' | 'value';
  readonly text: string;
};

/** A path as a person writes it: `broker.port`, `topics."my topic".publish[0]`; the root is "the lab file". */
export function subject(path: Path): string {
  if (path.length === 0) return 'the lab file';
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${/^[\w-]+$/.test(step) ? step : JSON.stringify(step)}`))
    .join('')
    .slice(1);
}

/** A mistake in the value at a path; `wrong` follows the path's name. */
export function mistake(path: Path, wrong: string): Mistake {
  return { path, at: 'value', text: `${subject(path)} ${wrong}` };
}

/** The kind of a value, without the value, for places that may hold a password. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'has no value';
  if (value === '') return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  if (typeof value === 'object') return 'is a mapping';
  return typeof value === 'string' ? 'is text' : `is a ${typeof value}`;
}

/** Like `kindOf`, but shows short scalars; text with an `@` may carry a URL's password and stays hidden. */
export function show(value: unknown): string {
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!shown || value === '' || String(value).includes('@')) return kindOf(value);
  const text = JSON.stringify(value);
  return `is ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

/** A zod option: the message of any failure is "is VALUE; ALLOWED". */
export function allow(allowed: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `${show(input)}; ${allowed}` };
}

/** Like `allow`, without the value. */
export function allowSecretly(allowed: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `${kindOf(input)}; ${allowed}` };
}

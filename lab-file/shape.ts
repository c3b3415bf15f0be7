import type * as z from 'zod';
import { nearest } from '../base/nearest.ts';
import type { Mistake, Path } from './mistake.ts';
import { subject } from './mistake.ts';
import type { LabShape } from './schema.ts';
import { KEYS, labSchema, piSchema, topicSchema, userSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** Checks a lab file's values against the schema; `lab` is undefined where it has a mistake. */
export function checkShape(value: unknown): {
  readonly lab: LabShape | undefined;
  readonly mistakes: readonly Mistake[];
} {
  const result = labSchema.safeParse(value);
  if (result.success) return { lab: result.data, mistakes: [] };
  return { lab: undefined, mistakes: result.error.issues.flatMap((issue) => translate(issue, [], value)) };
}

/** Turns zod's issue with the value at `base` into mistakes; `file` is the value of the whole lab file. */
function translate(issue: Issue, base: Path, file: unknown): Mistake[] {
  const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, file));
  if (issue.code === 'invalid_key') {
    const wrong = issue.issues.map(
      ({ message }): Mistake => ({ path, at: 'key', text: `${subject(path)} ${message}` }),
    );
    return [...wrong, ...belowInvalidKey(path, file)];
  }
  const at = path.length > 0 && valueAt(file, path) === null ? 'key' : 'value';
  return [{ path, at, text: `${subject(path)} ${issue.message}` }];
}

/** Checks the entry below a wrong name, where zod stops. */
function belowInvalidKey(path: Path, file: unknown): Mistake[] {
  const entry = { pis: piSchema, users: userSchema, topics: topicSchema }[String(path[0])];
  const issues = entry?.safeParse(valueAt(file, path)).error?.issues ?? [];
  return issues.flatMap((issue) => translate(issue, path, file));
}

/** Beside a password, shows a key only when it misspells a known one and has a value: in `{ password: a, b }` the key is half a password. */
function unknownKey(path: Path, key: string, file: unknown): Mistake {
  const isName = (step: string | number, index: number) =>
    typeof step === 'number' || (index === 1 && path[0] !== 'broker');
  const known = KEYS.get(path.map((step, index) => (isName(step, index) ? '*' : step)).join('.')) ?? [];
  const meant = nearest(key, known);
  const isBeside =
    path[0] === 'users' || path.at(-1) === 'password' || valueAt(file, [...path, 'password']) !== undefined;
  const secret = isBeside && (meant === undefined || valueAt(file, [...path, key]) === null);
  const name = secret ? '' : ` ${JSON.stringify(key)}`;
  const hint = meant === undefined ? '' : ` (did you mean ${JSON.stringify(meant)}?)`;
  const quote = secret ? ' (quote a password that holds a comma, colon, # or bracket)' : '';
  const text = `${subject(path)} has an unknown key${name}${hint}; allowed keys: ${known.join(', ')}${quote}`;
  return { path: [...path, key], at: 'key', text };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    const entries = typeof inner === 'object' && inner !== null ? Object.entries(inner) : [];
    return entries.find(([key]) => key === String(step))?.[1];
  }, value);
}

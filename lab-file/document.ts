import type { Document } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Mistake, Path } from './mistake.ts';
import { subject } from './mistake.ts';
import { describeSyntaxError } from './syntax-errors.ts';

export type Position = { readonly line: number; readonly column: number };
export type Located = { readonly position: Position; readonly text: string };

export type LabDocument = {
  /** The file as plain values, names and passwords exactly as written. */
  readonly value: unknown;
  /** What YAML itself can't read; `value` is undefined then. */
  readonly broken: readonly Located[];
  /** Keys given twice and the like. */
  readonly mistakes: readonly Located[];
  /** Line and column, from 1, of the value at the path, or of the nearest one around it. */
  readonly locate: (path: Path, at: Mistake['at']) => Position;
};

type Place = { readonly key: number; readonly value: number };

type Walk = {
  readonly document: Document.Parsed;
  readonly places: Map<string, Place>;
  readonly mistakes: Located[];
  readonly position: (offset: number) => Position;
};

const DEEPEST = 8;

/** Reads YAML 1.2 with the place of every key and value. Never throws, and never quotes the file, which holds passwords. */
export function readDocument(text: string): LabDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const unread = [...document.errors, ...document.warnings].map(({ code, pos }) => ({ code, offset: pos[0] }));
  visit(document, {
    Alias: (_, alias) => {
      // the parser itself complains only on conversion, and quotes the file
      if (alias.resolve(document) === undefined) unread.push({ code: 'BAD_ALIAS', offset: alias.range?.[0] ?? 0 });
    },
  });
  const broken = unread.map(({ code, offset }) => ({ position: position(offset), text: describeSyntaxError(code) }));
  const walk: Walk = { document, places: new Map(), mistakes: [], position };
  const start = document.contents?.range[0] ?? 0;
  const value = broken.length > 0 ? undefined : plain(document.contents, [], { key: start, value: start }, walk);
  const locate: LabDocument['locate'] = (path, at) => position(offsetOf(walk.places, path, at));
  return { value, broken, mistakes: walk.mistakes, locate };
}

/** The plain value of a node; records the places of its keys and values. */
function plain(node: unknown, path: Path, place: Place, walk: Walk): unknown {
  const target = isAlias(node) ? node.resolve(walk.document) : node;
  walk.places.set(JSON.stringify(path), place);
  if (path.length > DEEPEST) {
    note(walk, place.value, 'the lab file is nested too deeply here; no key needs so many levels');
    return undefined;
  }
  if (isScalar(target)) return isText(path) ? asWritten(target) : target.value;
  if (isSeq(target)) {
    return target.items.map((item, index) => {
      const offset = startOf(item, place.value);
      return plain(item, [...path, index], { key: offset, value: offset }, walk);
    });
  }
  if (!isMap(target)) return null;

  const entries: Record<string, unknown> = {};
  for (const pair of target.items) {
    const key = startOf(pair.key, place.value);
    const name = isScalar(pair.key) ? asWritten(pair.key) : undefined;
    const earlier = walk.places.get(JSON.stringify([...path, name]));
    if (typeof name !== 'string' || name === '__proto__') {
      note(walk, key, `${subject(path)} has a key that is not a name; plain text is allowed`);
    } else if (earlier !== undefined && Object.hasOwn(entries, name)) {
      const first = walk.position(earlier.key).line;
      note(walk, key, `${twice(path, name)} is given twice, first on line ${first}; once is allowed`);
    } else {
      entries[name] = plain(pair.value, [...path, name], { key, value: startOf(pair.value, key) }, walk);
    }
  }
  return entries;
}

/** Inside a user, a key may be the rest of an unquoted password with a comma, so the message does not show it. */
function twice(path: Path, name: string): string {
  const secret = path[0] === 'users' && path.length > 1 && name !== 'password';
  return secret ? `a key of ${subject(path)}` : subject([...path, name]);
}

function note({ mistakes, position }: Walk, offset: number, text: string): void {
  mistakes.push({ position: position(offset), text });
}

/** The text as written: YAML would read `0123`, `1e3` or `true` as something else. */
function asWritten(scalar: { value: unknown; source?: string }): unknown {
  if (scalar.value === null || typeof scalar.value === 'string') return scalar.value;
  return scalar.source ?? String(scalar.value);
}

/** Paths whose scalars are always text: the lab's name, passwords, serial numbers, the users in groups and topics. */
function isText([part, , key]: Path): boolean {
  return (
    part === 'name' ||
    (part === 'users' && key === 'password') ||
    (part === 'broker' && key === 'revoke') ||
    part === 'groups' ||
    (part === 'topics' && key !== undefined)
  );
}

/** Where a node starts; `otherwise` for a missing one (`key:` with nothing after it). */
function startOf(node: unknown, otherwise: number): number {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return otherwise;
  const [start, end] = node.range ?? [otherwise, otherwise];
  return start === end ? otherwise : start;
}

function offsetOf(places: ReadonlyMap<string, Place>, path: Path, at: Mistake['at']): number {
  const place = places.get(JSON.stringify(path));
  if (place !== undefined) return place[at];
  return path.length === 0 ? 0 : offsetOf(places, path.slice(0, -1), 'key');
}

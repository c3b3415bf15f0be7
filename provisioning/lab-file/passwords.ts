import { readFileSync } from 'node:fs';
import type { Draft } from './draft.ts';
import type { Mistake, Path } from './mistake.ts';
import { subject } from './mistake.ts';
import { placeOf } from './paths.ts';
import { Secret } from './secret.ts';

/** Bytes; MQTT gives a password's length in two bytes (MQTT 3.1.1, 3.1.3.5). */
const LONGEST = 65535;

export type Environment = Record<string, string | undefined>;

type Found = { readonly text: string } | { readonly wrong: string };

/**
 * The users' passwords, by user in the order of the file.
 * Variables named by `{ env: NAME }` are removed from `environment`, so that no child process inherits them.
 * @param directory the lab file's folder, from which `{ file: PATH }` starts
 */
export function resolvePasswords(
  { users }: Draft,
  directory: string,
  environment: Environment,
): { readonly passwords: ReadonlyMap<string, Secret>; readonly mistakes: readonly Mistake[] } {
  const passwords = new Map<string, Secret>();
  const mistakes: Mistake[] = [];
  const variables = new Set<string>();
  for (const [name, user] of Object.entries(users ?? {})) {
    const source = user?.password;
    if (source === undefined) continue;
    const path: Path = ['users', name, 'password'];
    if (typeof source === 'object' && 'env' in source) variables.add(source.env);
    const found = checked(find(source, directory, environment));
    if ('wrong' in found) mistakes.push({ path, at: 'value', text: `${subject(path)} ${found.wrong}` });
    else passwords.set(name, new Secret(found.text));
  }
  for (const variable of variables) delete environment[variable];
  return { passwords, mistakes };
}

function find(source: string | { env: string } | { file: string }, directory: string, environment: Environment): Found {
  if (typeof source === 'string') return { text: source };
  if ('env' in source) {
    const text = environment[source.env];
    if (text) return { text };
    return {
      wrong: `comes from the environment variable ${source.env}, which is ${text === '' ? 'empty' : 'not set'}; set it to the password`,
    };
  }
  const shown = JSON.stringify(source.file);
  try {
    const bytes = readFileSync(placeOf(source.file, directory));
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
    return text === '' ? { wrong: `comes from the file ${shown}, which is empty; put the password there` } : { text };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return {
      wrong: `comes from the file ${shown}, which can't be read (${reason}); a UTF-8 text file is allowed, relative to the lab file or starting with ~/`,
    };
  }
}

/** A password goes through line oriented tools and a C string on its way to Mosquitto. */
function checked(found: Found): Found {
  if ('wrong' in found) return found;
  if (/[\n\r\0]/.test(found.text)) return { wrong: 'holds a line break or a NUL; a single line is allowed' };
  if (Buffer.byteLength(found.text) > LONGEST) return { wrong: `is too long; at most ${LONGEST} bytes are allowed` };
  return found;
}

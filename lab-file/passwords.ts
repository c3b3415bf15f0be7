import { readFileSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Draft } from './draft.ts';
import type { Mistake, Path } from './mistake.ts';
import { subject } from './mistake.ts';
import { placeOf } from './paths.ts';
import { passphraseFault } from './wifi.ts';

/** In bytes; MQTT has two bytes for a password's length (MQTT 3.1.1, 3.1.3.5). */
const LONGEST = 65535;

/** Byte order marks, which editors write unseen (Unicode 15, 23.8). */
const MARKS = [
  { bytes: [0xef, 0xbb, 0xbf], problem: 'begins with a byte order mark' },
  { bytes: [0xff, 0xfe], problem: 'is UTF-16' },
  { bytes: [0xfe, 0xff], problem: 'is UTF-16' },
];

export type Environment = Record<string, string | undefined>;

type Found = { readonly text: string } | { readonly wrong: string };

export type Passwords = {
  /** By user, in the order of the file. */
  readonly users: ReadonlyMap<string, Secret>;
  /** Of SSH users, by `broker` or the Pi's name. */
  readonly hosts: ReadonlyMap<string, Secret>;
  /** Of Wi-Fi networks, by the Pi's name. */
  readonly wifi: ReadonlyMap<string, Secret>;
  readonly mistakes: Readonly<Record<PasswordKind, readonly Mistake[]>>;
};

export type PasswordKind = 'users' | 'hosts' | 'wifi';

type Source = Exclude<NonNullable<Draft['users']>[string], undefined>['password'];

/**
 * The passwords of the file. Removes the variables of `{ env: NAME }` from `environment`, so that no child process inherits them.
 * @param directory the lab file's folder, from which `{ file: PATH }` starts
 * @param options `cardOf`: the only Pi whose Wi-Fi password is read
 */
export function resolvePasswords(
  { users, broker, pis }: Draft,
  directory: string,
  { environment, cardOf }: { readonly environment: Environment; readonly cardOf: string | undefined },
): Passwords {
  const passwords = {
    users: new Map<string, Secret>(),
    hosts: new Map<string, Secret>(),
    wifi: new Map<string, Secret>(),
  };
  const mistakes: Record<PasswordKind, Mistake[]> = { users: [], hosts: [], wifi: [] };
  const variables = new Set<string>();
  const take = (kind: PasswordKind, name: string, above: Path, source: Source) => {
    if (source === undefined) return;
    const path: Path = [...above, 'password'];
    if (typeof source === 'object' && 'env' in source) variables.add(source.env);
    const found = checked(find(source, directory, environment), kind);
    if ('wrong' in found) mistakes[kind].push({ path, at: 'value', text: `${subject(path)} ${found.wrong}` });
    else passwords[kind].set(name, new Secret(found.text));
  };
  for (const [name, user] of Object.entries(users ?? {})) take('users', name, ['users', name], user?.password);
  take('hosts', 'broker', ['broker'], broker?.password);
  for (const [name, pi] of Object.entries(pis ?? {})) {
    take('hosts', name, ['pis', name], pi?.password);
    const wifi = pi?.wifi?.password;
    // only its card needs it
    if (name === cardOf) take('wifi', name, ['pis', name, 'wifi'], wifi);
    else if (typeof wifi === 'object' && 'env' in wifi) variables.add(wifi.env);
  }
  for (const variable of variables) delete environment[variable];
  return { ...passwords, mistakes };
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
    const mark = MARKS.find(({ bytes: start }) => start.every((byte, index) => bytes[index] === byte));
    if (mark !== undefined)
      return {
        wrong: `comes from the file ${shown}, which ${mark.problem}; save it as UTF-8 without a byte order mark`,
      };
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, '');
    return text === '' ? { wrong: `comes from the file ${shown}, which is empty; put the password there` } : { text };
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown reason';
    return {
      wrong: `comes from the file ${shown}, which can't be read (${reason}); a UTF-8 text file is allowed, relative to the lab file or starting with ~/`,
    };
  }
}

/** On its way to Mosquitto a password goes through line-oriented tools and a C string. */
function checked(found: Found, kind: PasswordKind): Found {
  if ('wrong' in found) return found;
  if (/[\n\r\0]/.test(found.text)) return { wrong: 'holds a line break or a NUL; a single line is allowed' };
  if (Buffer.byteLength(found.text) > LONGEST) return { wrong: `is too long; at most ${LONGEST} bytes are allowed` };
  const fault = kind === 'wifi' ? passphraseFault(found.text) : undefined;
  return fault === undefined ? found : { wrong: fault };
}

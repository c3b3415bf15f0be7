import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import type { Secret } from '../../base/secret.ts';

/** A key file as it is; `public` is the public half, where it can be known. */
export type KeyFile = { readonly file: string } & (
  | { readonly kind: 'private'; readonly key: ParsedKey; readonly public: Buffer }
  /** The private half is in the agent, or nowhere. */
  | { readonly kind: 'public'; readonly public: Buffer }
  /** It takes a passphrase. */
  | { readonly kind: 'locked'; readonly public: Buffer | undefined }
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string }
);

/** Reads a key file, by a passphrase where one is given; `locked` is then what the passphrase does not open. */
export async function readKeyFile(file: string, passphrase?: Secret): Promise<KeyFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => error);
  if (typeof text !== 'string') return { file, kind: 'missing', why: wordsOf(text) };
  const key = parse(text, passphrase);
  if (!(key instanceof Error)) {
    const blob = key.getPublicSSH();
    return key.isPrivateKey() ? { file, kind: 'private', key, public: blob } : { file, kind: 'public', public: blob };
  }
  // ssh2's words for a key without its passphrase, and for one with a wrong one
  if (!/no passphrase given|bad passphrase/i.test(key.message)) return { file, kind: 'unusable', why: key.message };
  const half = await readFile(`${file}.pub`, 'utf8').then(
    (line) => parse(line),
    () => undefined,
  );
  return { file, kind: 'locked', public: half instanceof Error ? undefined : half?.getPublicSSH() };
}

function parse(text: string, passphrase?: Secret): ParsedKey | Error {
  const parsed = ssh2.utils.parseKey(text, passphrase?.reveal());
  const [key] = [parsed].flat();
  return key ?? new Error('no key in it');
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

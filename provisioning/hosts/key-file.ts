import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { errorMessage } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';

/** A key file; `public` is the public half, where it can be read. */
export type KeyFile = { readonly file: string } & (
  | { readonly kind: 'private'; readonly key: ParsedKey; readonly public: Buffer }
  /** The private half is in the agent, or nowhere. */
  | { readonly kind: 'public'; readonly public: Buffer }
  /** The file needs a passphrase. */
  | { readonly kind: 'locked'; readonly public: Buffer | undefined }
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string }
);

/** Reads a key file, with a passphrase if there is one; `locked` where that does not open it. */
export async function readKeyFile(file: string, passphrase?: Secret): Promise<KeyFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => error);
  if (typeof text !== 'string') return { file, kind: 'missing', why: errorMessage(text) };
  const key = parse(text, passphrase);
  if (!(key instanceof Error)) {
    const blob = key.getPublicSSH();
    return key.isPrivateKey() ? { file, kind: 'private', key, public: blob } : { file, kind: 'public', public: blob };
  }
  // ssh2's messages for a missing and for a wrong passphrase
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
  return key ?? new Error('the file has no key');
}

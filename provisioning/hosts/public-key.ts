import { createHash } from 'node:crypto';

export type PublicKey = { readonly type: string; readonly blob: Buffer };

/** SHA256 fingerprint as ssh-keygen prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type in a key's data (RFC 4253, 6.6). A host may invent it, so only the characters of a type are shown. */
export function keyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const type = key.subarray(4, 4 + length).toString('latin1');
  return /^[\w@.-]{1,64}$/.test(type) ? type : 'unknown type';
}

/** Public keys in the lines of known_hosts or of a .pub file, `[hosts] TYPE BASE64 [comment]`, without revoked ones (sshd(8), @revoked). */
export function publicKeys(text: string): PublicKey[] {
  const revoked = revokedKeys(text);
  return keysIn(text.split('\n')).filter((key) => !revoked.some(({ blob }) => blob.equals(key.blob)));
}

/** The keys of the `@revoked` lines of known_hosts. */
export function revokedKeys(text: string): PublicKey[] {
  const mark = '@revoked ';
  return keysIn(text.split('\n').flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : [])));
}

function keysIn(lines: readonly string[]): PublicKey[] {
  return lines.flatMap((line) => {
    if (line.startsWith('#') || line.startsWith('@')) return [];
    const match = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]+=*)(?=\s|$)/.exec(line);
    const [, type, blob] = match ?? [];
    return type === undefined || blob === undefined ? [] : [{ type, blob: Buffer.from(blob, 'base64') }];
  });
}

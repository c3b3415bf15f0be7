import { readFileSync } from 'node:fs';
import { errorCode } from '../base/errors.ts';

/** A key with many signatures has about 100 kB. */
export const MOST_KEY_BYTES = 1024 * 1024;
/** RFC 9580, 5: packet types. */
const PUBLIC_KEY = 6;
const SECRET_KEY = 5;
const ALLOWED = 'an OpenPGP public key is allowed, as `gpg --export` or `gpg --armor --export` writes it';

export type KeyText = { readonly text: string } | { readonly wrong: string };

/** An OpenPGP public key, binary or ASCII-armoured, as armour without headers, so that the same key is always the same text; or what is wrong with it. */
export function armouredKey(bytes: Uint8Array): KeyText {
  if (bytes.length > MOST_KEY_BYTES) return { wrong: `is larger than any key; ${ALLOWED}` };
  const packets = unarmoured(Buffer.from(bytes));
  const type = packetType(packets[0]);
  if (type === SECRET_KEY) return { wrong: `holds a private key, which only the repository should have; ${ALLOWED}` };
  if (type !== PUBLIC_KEY) return { wrong: `is not a key; ${ALLOWED}` };
  const lines = packets.toString('base64').match(/.{1,64}/g) ?? [];
  return { text: `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${lines.join('\n')}\n-----END PGP PUBLIC KEY BLOCK-----\n` };
}

/** The same for a key file. */
export function keyOfFile(path: string): KeyText {
  try {
    return armouredKey(readFileSync(path));
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown reason';
    return { wrong: `can't be read (${reason}); ${ALLOWED}` };
  }
}

/** The packets of all blocks (RFC 9580, 6.2: headers, an empty line, Base64, perhaps a checksum); bytes without a block are packets already. */
function unarmoured(bytes: Buffer): Buffer {
  const pattern = /^-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----\s*\n([\s\S]*?)^-----END PGP \1 KEY BLOCK-----/gm;
  const blocks = [...bytes.toString('latin1').replaceAll('\r\n', '\n').matchAll(pattern)];
  if (blocks.length === 0) return bytes;
  const data = blocks.map(([, , body = '']) => {
    const lines = body.split('\n').filter((line) => !line.includes(': ') && !line.startsWith('='));
    return Buffer.from(lines.join(''), 'base64');
  });
  return Buffer.concat(data);
}

/** RFC 9580, 4.2: bit 7 is always set, bit 6 marks the newer form. */
function packetType(first = 0): number | undefined {
  if ((first & 0x80) === 0) return undefined;
  return (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f;
}

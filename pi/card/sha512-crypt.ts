import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5_000;
const BYTES = 64;

/** A password as /etc/shadow holds it (crypt(5), sha512crypt), since Node has no crypt(3). */
export function sha512Crypt(password: string, salt: string): string {
  const p = Buffer.from(password);
  const s = Buffer.from(salt);
  const inner = hash(p, s, p);
  const lengthBits = [...p.length.toString(2)].reverse();
  const start = hash(p, s, filled(inner, p.length), ...lengthBits.map((bit) => (bit === '1' ? inner : p)));
  const manyP = filled(hash(...Array<Buffer>(p.length).fill(p)), p.length);
  const manyS = filled(hash(...Array<Buffer>(16 + (start[0] ?? 0)).fill(s)), s.length);
  let digest = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const isOdd = round % 2 === 1;
    digest = hash(
      isOdd ? manyP : digest,
      ...(round % 3 === 0 ? [] : [manyS]),
      ...(round % 7 === 0 ? [] : [manyP]),
      isOdd ? digest : manyP,
    );
  }
  return `$6$${salt}$${encoded(digest)}`;
}

/** Sixteen characters that follow from a secret, so that the same password has the same hash again. */
export function saltFrom(secret: string): string {
  const bytes = createHash('sha256').update(secret).digest().subarray(0, 16);
  return [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

function hash(...parts: readonly Buffer[]): Buffer {
  return createHash('sha512').update(Buffer.concat(parts)).digest();
}

/** The bytes again and again, up to this length. */
function filled(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** Groups of three bytes, each a third of the digest apart and the first rotating, then the last byte. */
function encoded(digest: Buffer): string {
  let places = [0, 21, 42];
  let text = '';
  for (let group = 0; group < 21; group += 1) {
    const [a = 0, b = 0, c = 0] = places;
    text += sextets([digest[a] ?? 0, digest[b] ?? 0, digest[c] ?? 0], 4);
    places = [b + 1, c + 1, a + 1];
  }
  return text + sextets([0, 0, digest[BYTES - 1] ?? 0], 2);
}

/** Six bits a character, the lowest first. */
function sextets([high, middle, low]: readonly [number, number, number], count: number): string {
  const value = high * 65_536 + middle * 256 + low;
  return Array.from({ length: count }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join('');
}

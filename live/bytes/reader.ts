/** Bytes of a frame with their meaning. `from` to before `to`, counted from the frame's first byte. */
export type Meaning = {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly value: string;
};

/** A byte, or undefined where it is hidden. */
export type Byte = number | undefined;

/** The frame ends before a field does. */
export class EndOfBytes extends Error {}

const HIDDEN = '(hidden)';

/** Reads the fields of a frame in order and notes what each means. Throws EndOfBytes where a field is cut. */
export class ByteReader {
  readonly meanings: Meaning[] = [];
  at = 0;
  private readonly bytes: readonly Byte[];

  constructor(hex: string) {
    const words = hex.trim() === '' ? [] : hex.trim().split(/\s+/);
    this.bytes = words.map((word) => (/^[\da-f]{2}$/i.test(word) ? Number.parseInt(word, 16) : undefined));
  }

  get length(): number {
    return this.bytes.length;
  }

  byte(name: string, show: (value: number) => string = String): number {
    return this.number(name, 1, show);
  }

  uint16(name: string, show?: (value: number) => string): number {
    return this.number(name, 2, show);
  }

  uint32(name: string, show?: (value: number) => string): number {
    return this.number(name, 4, show);
  }

  /** A variable byte integer (MQTT 5, 1.5.5). */
  varint(name: string, show: (value: number) => string = String): number {
    const from = this.at;
    let value = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.bytes[from + index];
      if (byte === undefined) return this.cut(name, from);
      value += (byte & 0x7f) * 128 ** index;
      if (byte < 0x80) {
        this.note(from, from + index + 1, name, show(value));
        return value;
      }
    }
    return this.cut(name, from);
  }

  /** A string of UTF-8 with its length in front. */
  text(name: string): string {
    const length = this.uint16(`length of ${name}`);
    return this.run(name, length, textOf);
  }

  /** Binary data with its length in front. */
  binary(name: string): void {
    const length = this.uint16(`length of ${name}`);
    this.run(name, length, textOf);
  }

  /** The next `length` bytes. Notes those that the frame has, and throws where it is cut. */
  run(name: string, length: number, show: (bytes: readonly Byte[]) => string): string {
    const from = this.at;
    const bytes = this.bytes.slice(from, from + length);
    const value = bytes.includes(undefined) ? HIDDEN : show(bytes);
    if (bytes.length < length) {
      if (bytes.length > 0) this.note(from, this.length, name, `${value} … (${bytes.length} of ${length} bytes)`);
      throw new EndOfBytes();
    }
    if (length > 0) this.note(from, from + length, name, value);
    return value;
  }

  private number(name: string, length: number, show: (value: number) => string = String): number {
    const from = this.at;
    const bytes = this.bytes.slice(from, from + length);
    if (bytes.length < length) return this.cut(name, from);
    const isHidden = bytes.includes(undefined);
    const value = bytes.reduce<number>((sum, byte) => sum * 256 + (byte ?? 0), 0);
    this.note(from, from + length, name, isHidden ? HIDDEN : show(value));
    return value;
  }

  private note(from: number, to: number, name: string, value: string): void {
    this.meanings.push({ from, to, name, value });
    this.at = to;
  }

  private cut(name: string, from: number): never {
    if (from < this.length) this.note(from, this.length, name, '(cut)');
    throw new EndOfBytes();
  }
}

/** Bytes as text, or as hexadecimal with 0x in front where they are not UTF-8. */
export function textOf(bytes: readonly Byte[]): string {
  const known = Uint8Array.from(bytes, (byte) => byte ?? 0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(known);
  } catch {
    return `0x${[...known].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
}

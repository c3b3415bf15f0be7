import type { Duplex } from 'node:stream';
import { now } from './packet.ts';

type WriteCallback = (error?: Error | null) => void;
type Chunk = { readonly chunk: Buffer | string; readonly encoding: BufferEncoding };

export type Tap = {
  /** Bytes that the layer below got, which over plain TCP is the kernel, and when, in milliseconds since 1970. */
  onSent(bytes: Buffer, at: number): void;
  /** Takes each received chunk and returns what the reader gets, which may be less, or bytes that it had withheld. */
  admit(bytes: Buffer): Buffer;
};

/**
 * Shows every byte that a stream sends, once it is sent, so that the observer delays nothing, and filters what its reader
 * gets. The tap is below the stream's buffer, where chunks come in the order of the wire.
 */
export function tap(stream: Duplex, { onSent, admit }: Tap): void {
  const write = stream._write.bind(stream);
  const writev = stream._writev?.bind(stream);
  const push = stream.push.bind(stream);
  stream._write = (chunk: Buffer | string, encoding: BufferEncoding, callback: WriteCallback) => {
    const before = now();
    write(chunk, encoding, callback);
    onSent(bytesOf({ chunk, encoding }), between(before));
  };
  if (writev !== undefined) {
    stream._writev = (chunks: Chunk[], callback: WriteCallback) => {
      // first, since Node empties the chunks
      const bytes = Buffer.concat(chunks.map(bytesOf));
      const before = now();
      writev(chunks, callback);
      onSent(bytes, between(before));
    };
  }
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (!Buffer.isBuffer(chunk)) return push(chunk, encoding);
    const admitted = admit(chunk);
    // true: go on reading from the network
    return admitted.length === 0 || push(admitted);
  };
}

/** The kernel's part in a write takes less. Beyond that, this process waited for a core. */
export const WRITE_MS = 0.2;

/** The middle of a write that began then and ends now; the error is half of its duration. */
function between(before: number): number {
  return before + Math.min(now() - before, WRITE_MS) / 2;
}

function bytesOf({ chunk, encoding }: Chunk): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}

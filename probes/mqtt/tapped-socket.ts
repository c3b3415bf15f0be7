import { Socket } from 'node:net';
import { now } from './packet.ts';

type WriteCallback = (error?: Error | null) => void;
type Chunk = { readonly chunk: Buffer | string; readonly encoding: BufferEncoding };

/** Bytes that the kernel got, and when, in milliseconds since 1970. */
export type OnSent = (bytes: Buffer, at: number) => void;

/**
 * A TCP socket that shows every written byte once the kernel has it, so that the observer delays nothing. The tap is
 * below the stream's buffer, where chunks come in the order of the wire. Received bytes come by the `data` event.
 */
export class TappedSocket extends Socket {
  readonly #onSent: OnSent;

  constructor(onSent: OnSent) {
    super();
    this.#onSent = onSent;
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: WriteCallback): void {
    const before = now();
    super._write(chunk, encoding, callback);
    this.#onSent(bytesOf({ chunk, encoding }), between(before));
  }

  override _writev(chunks: Chunk[], callback: WriteCallback): void {
    // first, since Node empties the chunks
    const bytes = Buffer.concat(chunks.map(bytesOf));
    const before = now();
    super._writev?.(chunks, callback);
    this.#onSent(bytes, between(before));
  }
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

import { Socket } from 'node:net';

type WriteCallback = (error?: Error | null) => void;
type Chunk = { readonly chunk: Buffer | string; readonly encoding: BufferEncoding };

/**
 * A TCP socket that shows every byte that is written to it. The tap is below the stream's buffer, where chunks come in the order of the wire;
 * `write` would be above it. What is received is had from the `data` event.
 */
export class TappedSocket extends Socket {
  readonly #onSent: (bytes: Buffer) => void;

  constructor(onSent: (bytes: Buffer) => void) {
    super();
    this.#onSent = onSent;
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#onSent(bytesOf({ chunk, encoding }));
    super._write(chunk, encoding, callback);
  }

  override _writev(chunks: Chunk[], callback: WriteCallback): void {
    this.#onSent(Buffer.concat(chunks.map(bytesOf)));
    super._writev?.(chunks, callback);
  }
}

function bytesOf({ chunk, encoding }: Chunk): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}
